import { ecsBuckets } from '../../../../src/platform/aws/ecs-pace.ts';
import { aFleet, placesOf } from './a-fleet.ts';
import type { SimulatedEcs } from './simulated-ecs.ts';

export interface SimulatedLaunch {
  /** Until ECS has begun to start the last worker. */
  readonly seconds: number;
  readonly filled: number;
  readonly calls: SimulatedEcs['calls'];
  readonly throttledCalls: number;
}

export const simulateLaunch = async (workers: number, share: number): Promise<SimulatedLaunch> => {
  const { time, ecs, fleet } = aFleet();
  const results = await time.run(fleet.launch('r1', placesOf(workers), { share, fallback: 'wait' }));
  return {
    seconds: Math.max(...ecs.launches.map(({ atMillis }) => atMillis)) / 1000,
    filled: results.filter(({ kind }) => kind === 'launched').length,
    calls: ecs.calls,
    throttledCalls: ecs.throttledCalls,
  };
};

/** What AWS's buckets force: on-demand and spot tasks fill theirs side by side, all calls go through one. */
export const fewestLaunchSeconds = (workers: number, share: number): number => {
  const { launch, runTask } = ecsBuckets;
  const seconds = (count: number, { burst, perSecond }: { burst: number; perSecond: number }): number =>
    Math.max(0, count - burst) / perSecond;
  const spot = Math.floor(workers * share);
  return Math.max(
    seconds(spot, launch),
    seconds(workers - spot, launch),
    seconds(Math.ceil(workers / 10), runTask),
  );
};
