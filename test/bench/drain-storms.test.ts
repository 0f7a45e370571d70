import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drainingOnly } from '../../bench/drain/baselines/draining-only.ts';
import { perInstance } from '../../bench/drain/baselines/per-instance.ts';
import { sdkCall } from '../../bench/drain/baselines/sdk-call.ts';
import { stopFirst } from '../../bench/drain/baselines/stop-first.ts';
import { parseDrainOptions } from '../../bench/drain/drain-options.ts';
import { runStorm } from '../../bench/drain/run-storm.ts';
import { type StormRuns, stormCalls, stormTimes } from '../../bench/drain/storm-tables.ts';
import { stormdrainPolicy } from '../../bench/drain/stormdrain-policy.ts';
import { type DrainStorm, drainStorms, pickLeaving } from '../../bench/drain/storms.ts';
import { CallThrottledError, ClusterRefusedError } from '../../src/errors.ts';
import { VirtualTime } from '../../src/platform/local/virtual-time.ts';

const aDrainStorm = (overrides: Partial<DrainStorm> = {}): DrainStorm => ({
  name: 'small',
  leaving: 2,
  instances: 6,
  tasksPerInstance: 12,
  groups: 4,
  deregistrationDelaySeconds: 30,
  ...overrides,
});

const anyStorm = fc
  .record({
    leaving: fc.integer({ min: 1, max: 30 }),
    staying: fc.integer({ min: 1, max: 30 }),
    tasksPerInstance: fc.integer({ min: 1, max: 25 }),
    groups: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ leaving, staying, tasksPerInstance, groups }) =>
    aDrainStorm({ leaving, instances: leaving + staying, tasksPerInstance, groups }),
  );

describe('pickLeaving', () => {
  it('takes as many as were asked for, spread over all', () => {
    expect(pickLeaving([0, 1, 2, 3, 4, 5], 3)).toEqual([0, 2, 4]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(200), (leaving, staying) => {
        const all = Array.from({ length: leaving + staying }, (_, index) => index);
        expect(pickLeaving(all, leaving)).toHaveLength(leaving);
      }),
    );
  });
});

describe('sdkCall', () => {
  const refusing = async (error: Error, failures: number) => {
    const time = new VirtualTime();
    let calls = 0;
    const made = sdkCall({ time, random: () => 0.5 }, async () => {
      if (++calls <= failures) throw error;
      return 'answer';
    });
    return { answer: await time.run(made), calls, millis: time.nowMillis() };
  };

  it('tries a throttled call again, later and later', async () => {
    const { answer, millis } = await refusing(new CallThrottledError('too many'), 2);
    expect(answer).toBe('answer');
    expect(millis).toBe(500 + 1000);
  });

  it('gives up after ten tries, and at once what is refused', async () => {
    expect(await refusing(new CallThrottledError('too many'), 99)).toMatchObject({
      answer: undefined,
      calls: 10,
    });
    expect(await refusing(new ClusterRefusedError('no'), 99)).toMatchObject({ answer: undefined, calls: 1 });
  });
});

describe('runStorm', () => {
  it('gives the same for the same seed', async () => {
    const storm = aDrainStorm();
    expect(await runStorm(storm, stormdrainPolicy, 3)).toEqual(await runStorm(storm, stormdrainPolicy, 3));
  });

  it('shows that stormdrain loses no request, and stops everything in time', async () => {
    const { requests, cutTasks, settled, stopped } = await runStorm(aDrainStorm(), stormdrainPolicy, 1);
    expect(requests.sent).toBeGreaterThan(10_000);
    expect(requests.failed).toBe(0);
    expect(cutTasks).toBe(0);
    expect(stopped).toBeGreaterThan(settled ?? Number.POSITIVE_INFINITY);
  });

  it('shows requests to stopped tasks when StopTask comes first', async () => {
    const { requests, calls } = await runStorm(aDrainStorm(), stopFirst, 1);
    expect(requests.toStopped).toBeGreaterThan(0);
    expect(calls).toMatchObject({ draining: 1, deregister: 4, stopTask: 24, throttled: 0 });
  });

  it('shows tasks that are cut off with their requests when DRAINING is all and there is no room elsewhere', async () => {
    const storm = aDrainStorm({ leaving: 4, instances: 5 });
    const { requests, cutTasks, unaskedTasks, settled } = await runStorm(storm, drainingOnly, 1);
    expect(unaskedTasks).toBeGreaterThan(0);
    expect(cutTasks).toBeGreaterThanOrEqual(unaskedTasks);
    expect(requests.cutOff).toBeGreaterThan(0);
    expect(settled).toBeNull();
  });

  it('shows how each instance for itself runs into throttling', async () => {
    const { calls } = await runStorm(aDrainStorm({ leaving: 10, instances: 20 }), perInstance, 1);
    expect(calls.throttled).toBeGreaterThan(100);
    expect(calls.deregister).toBeGreaterThan(120);
  });

  it('has no policy that beats the minimum', async () => {
    await fc.assert(
      fc.asyncProperty(anyStorm, fc.nat(1000), async (storm, seed) => {
        for (const policy of [stormdrainPolicy, perInstance]) {
          const { minimum, deregistered, settled, stopped } = await runStorm(storm, policy, seed);
          expect(deregistered, policy.name).toBeGreaterThanOrEqual(minimum.deregistered - rounding);
          expect(settled ?? never, policy.name).toBeGreaterThanOrEqual(minimum.settled - rounding);
          if (policy === stormdrainPolicy)
            expect(stopped ?? never).toBeGreaterThanOrEqual(minimum.stopped - rounding);
        }
      }),
      { numRuns: 15, seed: 20_261_121 },
    );
  }, 60_000);
});

const never = Number.POSITIVE_INFINITY;
/** The clock is at milliseconds since 1970, in floating point. */
const rounding = 1e-5;

describe('the tables', () => {
  const played = async (storm: DrainStorm): Promise<StormRuns> => ({
    storm,
    runs: [
      { policy: 'stormdrain', results: [await runStorm(storm, stormdrainPolicy, 1)] },
      { policy: 'StopTask first', results: [await runStorm(storm, stopFirst, 1)] },
    ],
  });

  it('have a row for the minimum and for each policy, and judge stormdrain', async () => {
    const runs = await played(aDrainStorm());
    const { columns, rows, aims } = stormTimes([runs]);
    expect(rows.map(([name]) => name)).toEqual([
      'small: the least',
      'small: the least, all listed',
      'small: stormdrain',
      'small: StopTask first',
    ]);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    expect(rows[3]?.[2]).toBe('never');
    expect(aims.find(({ text }) => text.includes('requests failed'))?.met).toBe(true);
    expect(stormCalls([runs]).rows).toHaveLength(2);
  });

  it('call an aim missed that is missed', async () => {
    const { storm, runs } = await played(aDrainStorm());
    const [ours, theirs] = runs;
    if (ours === undefined || theirs === undefined) throw new Error('two policies were played');
    const { aims } = stormTimes([{ storm, runs: [{ policy: ours.policy, results: theirs.results }] }]);
    expect(aims.filter(({ met }) => met === false).map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('requests failed'),
        expect.stringContaining('all settled'),
      ]),
    );
  });
});

describe('parseDrainOptions', () => {
  it('takes all storms unless some are named', () => {
    expect(parseDrainOptions([])).toMatchObject({ storms: drainStorms, seeds: 5 });
    expect(parseDrainOptions(['1 x 20', '--seeds', '2']).storms.map(({ name }) => name)).toEqual(['1 x 20']);
  });

  it('says what it does not know', () => {
    expect(() => parseDrainOptions(['2 x 2'])).toThrow('there is no storm "2 x 2"');
    expect(() => parseDrainOptions(['--seeds', 'many'])).toThrow('not many');
  });
});
