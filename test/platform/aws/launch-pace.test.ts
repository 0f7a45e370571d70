import { StopTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { PlatformRefusedError, StoreUnavailableError } from '../../../src/errors.ts';
import { aFleet, idsOf, placesOf } from './support/a-fleet.ts';
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
    const results = await time.run(fleet.launch('r1', placesOf(200)));
    expect(results.every(({ kind }) => kind === 'launched')).toBe(true);
    expect(ecs.tasks.size).toBe(200);
  });
});

describe('stopping 1,000 workers', () => {
  it('keeps to the bucket of StopTask, and ends within the time a state has for it', async () => {
    const { time, ecs, fleet } = aFleet();
    const ids = idsOf(await time.run(fleet.launch('r1', placesOf(workers))));
    const before = time.nowMillis();
    await time.run(fleet.stop('r1', ids, 5));
    expect(ecs.running()).toHaveLength(0);
    expect(ecs.throttledCalls).toBe(0);
    expect((time.nowMillis() - before) / 1000).toBeLessThan(60);
  });
});

describe('a fleet beside others who call ECS', () => {
  it('keeps to the buckets together with another one that stops its workers at the same time', async () => {
    const { time, ecs, fleet, another } = aFleet();
    const other = another();
    const ids = idsOf(await time.run(fleet.launch('r1', placesOf(300))));
    const others = idsOf(await time.run(fleet.launch('r2', placesOf(300))));
    await time.run(Promise.all([fleet.stop('r1', ids, 5), other.stop('r2', others, 5)]));
    expect(ecs.running()).toHaveLength(0);
    expect(ecs.throttledCalls).toBe(0);
  });

  it('launches as quickly while a drain takes all that it can get', async () => {
    const { time, ecs, fleet, paceOf } = aFleet();
    const drain = paceOf('drain');
    let isOver = false;
    let stops = 0;
    const stopAgainAndAgain = async (): Promise<void> => {
      while (!isOver) {
        await drain.pay('resourceModify');
        await ecs.client.send(new StopTaskCommand({ task: 'none' })).catch(() => undefined);
        stops++;
      }
    };
    const drains = Array.from({ length: 30 }, stopAgainAndAgain);
    const launch = fleet.launch('r1', placesOf(300)).then((results) => {
      isOver = true;
      return results;
    });
    await time.run(Promise.all([launch, ...drains]));
    const seconds = Math.max(...ecs.launches.map(({ atMillis }) => atMillis)) / 1000;
    expect(idsOf(await launch)).toHaveLength(300);
    expect(ecs.throttledCalls).toBe(0);
    expect(seconds / fewestLaunchSeconds(300, 0)).toBeLessThanOrEqual(1.2);
    expect(stops / seconds).toBeGreaterThan(25);
  });

  it.each([
    ['can not be reached', new StoreUnavailableError('no answer')],
    ['refuses', new PlatformRefusedError('AccessDenied')],
  ])('launches and stops where the store of the buckets %s, only more slowly', async (_, error) => {
    const { time, ecs, fleet, buckets } = aFleet();
    buckets.before = () => {
      throw error;
    };
    const ids = idsOf(await time.run(fleet.launch('r1', placesOf(100))));
    expect(ids).toHaveLength(100);
    await time.run(fleet.stop('r1', ids, 5));
    expect(ecs.running()).toHaveLength(0);
    expect(ecs.throttledCalls).toBe(0);
  });
});
