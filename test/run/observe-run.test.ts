import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { firstEpoch } from '../../src/plan/epochs.ts';
import { changeRun, stopRun } from '../../src/run/change-run.ts';
import { checkWorkers } from '../../src/run/check-workers.ts';
import { finishRun } from '../../src/run/finish-run.ts';
import { launchWorkers } from '../../src/run/launch-workers.ts';
import { observeRun } from '../../src/run/observe-run.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { reapRun } from '../../src/run/reap-run.ts';
import { recordFailure } from '../../src/run/record-failure.ts';
import { startRun } from '../../src/run/start-run.ts';
import { stopWorkers } from '../../src/run/stop-workers.ts';
import { encode, keys, launchedRun, runId, startedRun } from './a-run.ts';
import { aPlan, testPorts } from './builders.ts';

describe('a run whose plan a worker refuses', () => {
  it('ends before its start, with nobody launched in its place', async () => {
    const run = await launchedRun();
    await run.hello(0);
    await run.exit(1, 0, 'plan refused');
    await expect(checkWorkers(run.ports, { runId })).rejects.toMatchObject({ name: 'PlanInvalid' });
    expect(run.roster().workers.map(({ shard, attempt }) => [shard, attempt])).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it('ends with that at the next look, too, when the one that saw it broke off', async () => {
    const run = await startedRun();
    await run.exit(1, 1, 'plan refused');
    for (let look = 0; look < 2; look++)
      await expect(observeRun(run.ports, { runId })).rejects.toMatchObject({ name: 'PlanInvalid' });
    expect(run.fleet.launches).toHaveLength(2);
  });

  it('ends at the next look once it has started', async () => {
    const run = await startedRun();
    await run.exit(1, 1, 'plan refused');
    await expect(observeRun(run.ports, { runId })).rejects.toMatchObject({ name: 'PlanInvalid' });
    expect(run.fleet.launches).toHaveLength(2);
  });
});

describe('the steps of a run', () => {
  it('launch nobody twice, also when retried after a crash at any write', async () => {
    for (let crashAt = 1; crashAt <= 4; crashAt++) {
      const made = testPorts();
      await made.store.put(keys.plan, encode(aPlan()));
      await planRun(made.ports, { runId });
      let puts = 0;
      made.store.before = (operation) => {
        if (operation === 'put' && ++puts === crashAt) throw new StoreUnavailableError('crash');
      };
      const crashed = await launchWorkers(made.ports, { runId }).then(
        () => false,
        () => true,
      );
      if (crashed) await launchWorkers(made.ports, { runId });
      expect(made.fleet.launches).toEqual([
        { shard: 0, attempt: 0 },
        { shard: 1, attempt: 0 },
      ]);
    }
  });

  it('fill the places that were refused when they are retried', async () => {
    const made = testPorts();
    await made.store.put(keys.plan, encode(aPlan()));
    await planRun(made.ports, { runId });
    made.fleet.refuses = ({ shard }) => (shard === 1 ? 'no capacity' : undefined);
    expect(await launchWorkers(made.ports, { runId })).toEqual({ launched: 1 });
    made.fleet.refuses = () => undefined;
    await launchWorkers(made.ports, { runId });
    expect(made.fleet.launches).toHaveLength(2);
  });

  it('wait for every worker, replace one that dies while starting, and start once', async () => {
    const run = await launchedRun();
    await run.hello(0);
    expect(await checkWorkers(run.ports, { runId })).toEqual({ state: 'waiting', ready: 1, wanted: 2 });
    run.fleet.kill('w-1-0', 'exit code 1');
    expect(await checkWorkers(run.ports, { runId })).toMatchObject({ state: 'waiting' });
    await run.hello(1, 1);
    expect(await checkWorkers(run.ports, { runId })).toEqual({ state: 'ready', ready: 2, wanted: 2 });
    const first = await startRun(run.ports, { runId });
    run.time.millis += 5000;
    expect(await startRun(run.ports, { runId })).toEqual(first);
    expect(run.told).toMatchObject([{ type: 'worker.lost', shard: 1, attempt: 0, reason: 'exit code 1' }]);
  });

  it('do not start with data that was not uploaded', async () => {
    const made = testPorts();
    const [scenario] = aPlan().scenarios;
    if (scenario === undefined) throw new Error('a plan has a scenario');
    const data = {
      file: 'users.csv',
      use: 'once',
      upload: 'uploads/abc',
      rowCount: 9,
      columns: ['user'],
    } as const;
    await made.store.put(keys.plan, encode(aPlan({ scenarios: [{ ...scenario, data }] })));
    await expect(planRun(made.ports, { runId })).rejects.toMatchObject({
      name: 'PlanInvalid',
      message: expect.stringContaining('users.csv'),
    });
  });

  it('renew the lease at every look', async () => {
    const run = await startedRun();
    const before = run.store.json(keys.lease);
    run.time.millis += 1000;
    await observeRun(run.ports, { runId });
    expect(run.store.json(keys.lease)).not.toEqual(before);
  });
});

describe('two observers at once', () => {
  it('count no segment twice and replace a lost worker once', async () => {
    const run = await startedRun();
    await run.ship(0, 0, 100);
    await run.ship(1, 0, 100);
    run.fleet.kill('w-1-0', 'SIGKILL');
    await Promise.all([
      observeRun(run.ports, { runId }),
      observeRun(run.ports, { runId }),
      observeRun(run.ports, { runId }),
    ]);
    await observeRun(run.ports, { runId });
    expect(run.fleet.launches.slice(2)).toEqual([{ shard: 1, attempt: 1 }]);
    await run.ship(0, 1, 100);
    await finishRun(run.ports, { runId });
    expect(run.summary().requests).toMatchObject({ scheduled: 4000, missed: 4000 - 300 });
  });

  it('go on after a crash between rollup and roster', async () => {
    const run = await startedRun();
    await run.ship(0, 0, 100);
    run.store.before = (operation, key) => {
      if (operation === 'put' && key === keys.roster) throw new StoreUnavailableError('crash');
    };
    await expect(observeRun(run.ports, { runId })).rejects.toMatchObject({ name: 'StoreUnavailable' });
    run.store.before = () => undefined;
    await run.ship(0, 1, 50);
    await observeRun(run.ports, { runId });
    await finishRun(run.ports, { runId });
    expect(run.summary().requests.missed).toBe(4000 - 150);
  });
});

describe('the end of a run', () => {
  it('takes late segments in, and notices those that never came', async () => {
    const run = await startedRun();
    await run.ship(0, 0, 100);
    await run.ship(0, 2, 100);
    await observeRun(run.ports, { runId });
    await run.exit(0, 4);
    await run.exit(1, 0);
    const { over } = await observeRun(run.ports, { runId });
    expect(over).toBe(false);
    run.time.millis += 25_000;
    expect((await observeRun(run.ports, { runId })).over).toBe(true);
    await finishRun(run.ports, { runId });
    expect(run.summary()).toMatchObject({ outcome: 'invalid', requests: { missed: 3800 } });
    expect(run.summary().verdict.checks.find((check) => check.name === 'missing segments')).toMatchObject({
      value: 2,
      met: false,
    });
  });

  it('is written once', async () => {
    const run = await startedRun();
    await finishRun(run.ports, { runId });
    const first = run.summary();
    await recordFailure(run.ports, { runId, failure: { Error: 'StoreUnavailable', Cause: 'late' } });
    expect(run.summary()).toEqual(first);
    expect(run.told.filter((event) => (event as { type: string }).type === 'run.finished')).toHaveLength(1);
  });

  it('reads the message out of a Lambda cause', async () => {
    const run = await startedRun();
    const Cause = JSON.stringify({ errorType: 'WorkersLost', errorMessage: 'Shard 0 is gone', trace: [] });
    await recordFailure(run.ports, { runId, failure: { Error: 'WorkersLost', Cause } });
    expect(run.summary().verdict.reasons[0]).toBe('WorkersLost: Shard 0 is gone');
    expect(run.summary().outcome).toBe('error');
  });

  it('stops what still runs, on the roster or not', async () => {
    const run = await startedRun();
    await run.fleet.launch(runId, [{ shard: 9, attempt: 0 }]);
    await stopWorkers(run.ports, { runId });
    expect(run.fleet.stopped.sort()).toEqual(['w-0-0', 'w-1-0', 'w-9-0']);
    expect(run.roster().workers.map((entry) => entry.state)).toEqual(['stopped', 'stopped']);
    expect(await stopWorkers(run.ports, { runId })).toEqual({ stopped: 0 });
  });

  it('comes by the reaper when nobody renews the lease, and not before', async () => {
    const run = await startedRun();
    await run.ship(0, 0, 100);
    expect(await reapRun(run.ports, runId)).toBe(false);
    run.time.millis += run.control().timing.leaseSeconds * 1000 + 5001;
    expect(await reapRun(run.ports, runId)).toBe(true);
    expect(run.summary().verdict.reasons[0]).toMatch(/^OrchestratorLost/);
    expect(run.fleet.stopped).toHaveLength(2);
    expect(await reapRun(run.ports, runId)).toBe(false);
  });
});

describe('commands', () => {
  it('append epochs an instant ahead, and ask for workers', async () => {
    const run = await startedRun();
    await changeRun(run.ports, runId, { rateScale: 1.5, workers: 3 });
    const { epochs, wantedWorkers, timing } = run.control();
    expect(wantedWorkers).toBe(3);
    expect(epochs).toHaveLength(2);
    expect(epochs[1]).toMatchObject({ shardCount: 2, rateScale: 1.5 });
    expect(epochs[1]?.fromInstant).toBeCloseTo(1 + timing.changeLeadSeconds, 6);
    expect(timing.changeLeadSeconds).toBeGreaterThanOrEqual((2 * timing.pollMillis) / 1000);
  });

  it('keep the first stop', async () => {
    const run = await startedRun();
    await stopRun(run.ports, runId, 'first');
    await stopRun(run.ports, runId, 'second');
    expect(run.control().stop?.reason).toBe('first');
    expect(run.control().epochs).toHaveLength(2);
    await expect(changeRun(run.ports, runId, { rateScale: 2 })).rejects.toMatchObject({
      name: 'RunAlreadyEnded',
    });
  });

  it('lose no change when several come at once', async () => {
    const run = await startedRun();
    await Promise.all([1.1, 1.2, 1.3, 1.4].map((rateScale) => changeRun(run.ports, runId, { rateScale })));
    expect(
      run
        .control()
        .epochs.map((epoch) => epoch.rateScale)
        .sort(),
    ).toEqual([1, 1.1, 1.2, 1.3, 1.4]);
  });

  it('before the start hold from the start', async () => {
    const run = await launchedRun();
    await stopRun(run.ports, runId, 'never mind');
    expect(run.control().epochs).toEqual([
      firstEpoch(2),
      { fromInstant: 0, firstArrival: 0, shardCount: 2, rateScale: 0 },
    ]);
    expect(await checkWorkers(run.ports, { runId })).toMatchObject({ state: 'stopped' });
  });

  it('before the plan say that it is too early', async () => {
    const made = testPorts();
    await made.store.put(keys.plan, encode(aPlan()));
    await expect(stopRun(made.ports, runId, 'x')).rejects.toMatchObject({ name: 'RunNotPlanned' });
    await expect(stopRun(made.ports, 'unknown', 'x')).rejects.toMatchObject({ name: 'RunNotFound' });
  });
});
