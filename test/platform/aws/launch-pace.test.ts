import { describe, expect, it } from 'vitest';
import { aFleet } from './support/a-fleet.ts';
import { fewestLaunchSeconds, simulateLaunch } from './support/simulate-launch.ts';
import { awsError } from './support/simulated-ecs.ts';

const workers = 1000;

describe('a launch of 1,000 workers under the buckets of AWS', () => {
  it.each([0, 0.5, 1])('takes no longer than they force it to, spot share %d', async (share) => {
    const { seconds, filled, throttledCalls, calls } = await simulateLaunch(workers, share);
    expect(filled).toBe(workers);
    expect(seconds / fewestLaunchSeconds(workers, share)).toBeLessThanOrEqual(1.1);
    expect(throttledCalls).toBe(0);
    expect(calls.RunTask).toBe(workers / 10);
  });

  it('is complete, and without a double, where something else uses half of the buckets', async () => {
    const { time, ecs, fleet } = aFleet();
    let call = 0;
    ecs.before = (name) => {
      if (name === 'RunTask' && call++ % 2 === 0) throw awsError('ThrottlingException', 'Rate exceeded');
    };
    const results = await time.run(
      fleet.launch(
        'r1',
        Array.from({ length: 200 }, (_, shard) => ({ shard, attempt: 0 })),
      ),
    );
    expect(results.every(({ kind }) => kind === 'launched')).toBe(true);
    expect(ecs.tasks.size).toBe(200);
  });
});

describe('stopping 1,000 workers', () => {
  it('keeps to the bucket of StopTask, and ends within the time a state has for it', async () => {
    const { time, ecs, fleet } = aFleet();
    const places = Array.from({ length: workers }, (_, shard) => ({ shard, attempt: 0 }));
    const launched = await time.run(fleet.launch('r1', places));
    const ids = launched.flatMap((result) => (result.kind === 'launched' ? result.workerId : []));
    const before = time.nowMillis();
    await time.run(fleet.stop('r1', ids, 5));
    expect(ecs.running()).toHaveLength(0);
    expect(ecs.throttledCalls).toBe(0);
    expect((time.nowMillis() - before) / 1000).toBeLessThan(60);
  });
});
