import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localSurvey } from '../../src/platform/local/local-survey.ts';
import type { LaunchResult } from '../../src/platform/ports/worker-fleet.ts';
import { changeRun } from '../../src/run/change-run.ts';
import { checkWorkers } from '../../src/run/check-workers.ts';
import { decideLaunch } from '../../src/run/decide-launch.ts';
import { launchWorkers } from '../../src/run/launch-workers.ts';
import { observeRun } from '../../src/run/observe-run.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { renewingLease } from '../../src/run/renewing-lease.ts';
import { encode, keys, launchedRun, runId, startedRun } from './a-run.ts';
import { aControl, aPlan, testPorts } from './builders.ts';

const results = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('launched' as const), workerId: fc.string() }),
    fc.record({
      kind: fc.constant('failed' as const),
      cause: fc.constantFrom('capacity', 'limit', 'request'),
    }),
  ),
  { maxLength: 12 },
);

describe('what became of a launch', () => {
  it('is refused when a place never can be filled or is not to be waited for, and else to be tried again', () => {
    fc.assert(
      fc.property(results, fc.constantFrom('wait', 'on-demand', 'fail'), (rows, fallback) => {
        const outcome = decideLaunch(
          rows.map(
            (row, shard) =>
              ({ shard, attempt: 0, capacity: 'spot', reason: 'none', ...row }) as unknown as LaunchResult,
          ),
          fallback,
        );
        const causes = rows.flatMap((row) => (row.kind === 'failed' ? [row.cause] : []));
        const final = causes.includes('request') || (fallback === 'fail' && causes.includes('capacity'));
        const expected = causes.length === 0 ? 'launched' : final ? 'refused' : 'unavailable';
        expect(outcome.kind).toBe(expected);
        if (outcome.kind !== 'launched') expect(outcome.shards).toHaveLength(causes.length);
      }),
    );
  });
});

describe('launching', () => {
  const spot = { share: 0.5, fallback: 'fail' } as const;

  it("asks for the plan's share of spot capacity, and notes what each worker runs on", async () => {
    const made = testPorts();
    made.fleet.capacityOf = ({ shard }) => (shard === 1 ? 'spot' : 'on-demand');
    const { workers } = aPlan();
    await made.store.put(keys.plan, encode(aPlan({ workers: { ...workers, spot } })));
    await planRun(made.ports, { runId });
    await launchWorkers(made.ports, { runId });
    expect(made.fleet.asked).toEqual([spot]);
    expect(made.store.json(keys.roster)).toMatchObject({
      workers: [{ capacity: 'on-demand' }, { capacity: 'spot' }],
    });
  });

  it('takes the choice of the platform when the plan makes none, as it was when the run was planned', async () => {
    const made = testPorts({
      survey: { survey: async () => ({ ...(await localSurvey.survey()), spot }) },
    });
    await made.store.put(keys.plan, encode(aPlan()));
    await planRun(made.ports, { runId });
    made.fleet.refuses = () => 'no spot capacity';
    await expect(launchWorkers(made.ports, { runId })).rejects.toMatchObject({
      name: 'FleetRefused',
      message: expect.stringContaining('no spot capacity'),
    });
    expect(made.fleet.asked).toEqual([{ share: 0.5, fallback: 'fail' }]);
  });

  it.each(['capacity', 'limit'] as const)(
    'waits for places that a %s denies, and says so at last',
    async (cause) => {
      const made = testPorts();
      await made.store.put(keys.plan, encode(aPlan()));
      await planRun(made.ports, { runId });
      made.fleet.cause = cause;
      made.fleet.refuses = ({ shard }) => (shard === 1 ? 'none to be had' : undefined);
      expect(await launchWorkers(made.ports, { runId })).toEqual({ launched: 1 });
      made.time.millis += 20_000;
      expect(await checkWorkers(made.ports, { runId })).toMatchObject({ state: 'waiting', ready: 0 });
      expect(made.fleet.launches).toEqual([{ shard: 0, attempt: 0 }]);
      made.time.millis += 20_000;
      await expect(checkWorkers(made.ports, { runId })).rejects.toMatchObject({
        name: 'WorkersNotReady',
        message: expect.stringContaining('1/0 (not launched: none to be had)'),
      });
    },
  );

  it('goes on as soon as a place that was waited for can be filled', async () => {
    const run = await launchedRun(aPlan());
    run.fleet.kill('w-1-0', 'gone');
    run.fleet.refuses = () => 'no spot capacity';
    expect(await checkWorkers(run.ports, { runId })).toMatchObject({ state: 'waiting' });
    run.fleet.refuses = () => undefined;
    await run.hello(0);
    expect(await checkWorkers(run.ports, { runId })).toMatchObject({ state: 'waiting', ready: 1 });
    expect(run.fleet.launches.at(-1)).toEqual({ shard: 1, attempt: 1 });
    await run.hello(1, 1);
    expect(await checkWorkers(run.ports, { runId })).toMatchObject({ state: 'ready' });
    expect(run.roster().workers.find(({ attempt }) => attempt === 1)).toMatchObject({ reason: null });
  });

  it('is not begun when the preflight finds something in the way, and all of it is told', async () => {
    const made = testPorts({
      survey: {
        survey: async () => ({
          ...(await localSurvey.survey()),
          image: { kind: 'missing', reference: 'workers:1' },
          freeAddresses: 1,
        }),
      },
    });
    await made.store.put(keys.plan, encode(aPlan()));
    await expect(planRun(made.ports, { runId })).rejects.toMatchObject({
      name: 'FleetRefused',
      message: expect.stringMatching(/^Nothing was started\. (?=.*workers:1)(?=.*address)/),
    });
    expect(made.store.objects.has(keys.control)).toBe(false);
  });

  it('keeps the lease alive while it lasts', async () => {
    const made = testPorts();
    const control = aControl();
    const timing = { ...control.timing, leaseSeconds: 0.03 };
    let renewals = 0;
    let often: () => void = () => undefined;
    const renewedOften = new Promise<void>((resolve) => {
      often = resolve;
    });
    made.store.before = (operation, key) => {
      if (operation === 'put' && key === keys.lease && ++renewals === 4) often();
    };
    // Ends only by the renewals.
    await renewingLease(made.ports, { ...control, timing }, () => renewedOften);
    expect(renewals).toBeGreaterThanOrEqual(4);
  });
});

describe('a replacement that is refused', () => {
  it('ends the run when its shard carries load', async () => {
    const run = await startedRun();
    run.fleet.kill('w-1-0', 'gone');
    run.fleet.refuses = () => 'image was deleted';
    run.fleet.cause = 'request';
    await expect(observeRun(run.ports, { runId })).rejects.toMatchObject({ name: 'FleetRefused' });
  });

  it('is tried again when it may succeed later', async () => {
    const run = await startedRun();
    run.fleet.kill('w-1-0', 'gone');
    run.fleet.refuses = () => 'no capacity now';
    expect(await observeRun(run.ports, { runId })).toMatchObject({ over: false });
    run.fleet.refuses = () => undefined;
    await observeRun(run.ports, { runId });
    expect(run.fleet.launches.at(-1)).toEqual({ shard: 1, attempt: 1 });
  });

  it('withdraws workers that were to come in addition, and the load goes on', async () => {
    const run = await startedRun();
    await changeRun(run.ports, runId, { workers: 3 });
    run.fleet.refuses = ({ shard }) => (shard === 2 ? 'limit of the account' : undefined);
    run.fleet.cause = 'request';
    expect(await observeRun(run.ports, { runId })).toMatchObject({ over: false });
    expect(run.control()).toMatchObject({ wantedWorkers: 2, epochs: [{ shardCount: 2 }] });
    await observeRun(run.ports, { runId });
    expect(run.roster().workers.map(({ state }) => state)).toEqual(['ready', 'ready', 'released']);
  });
});

describe('a worker that the fleet does not list', () => {
  it('is lost only when it had time to be listed', async () => {
    const run = await launchedRun(aPlan(), { pace: { ...testPorts().ports.pace, fleetSettleSeconds: 60 } });
    run.fleet.workers.clear();
    await run.hello(0);
    await run.hello(1);
    run.time.millis += 20_000;
    expect(await checkWorkers(run.ports, { runId })).toMatchObject({ state: 'ready' });
  });
});
