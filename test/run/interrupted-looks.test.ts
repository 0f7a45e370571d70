import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { checkWorkers } from '../../src/run/check-workers.ts';
import { launchWorkers } from '../../src/run/launch-workers.ts';
import { observeRun } from '../../src/run/observe-run.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { RecordFailure } from '../../src/run/run-states.ts';
import { encode, keys, runId, startedRun } from './a-run.ts';
import { aPlan, testPorts } from './builders.ts';

const aHello = {
  version: 1,
  runId,
  shard: 0,
  attempt: 0,
  pid: 1,
  at: new Date(0).toISOString(),
  epochs: 1,
  clockBoundMillis: 0,
};

describe('a look that broke off after it had rolled up', () => {
  it('does not let the next one take workers for silent', async () => {
    const run = await startedRun();
    const { silentSeconds } = run.control().timing;
    for (let second = 0; second < silentSeconds + 2; second++)
      for (const shard of [0, 1]) await run.ship(shard, second, 1);
    run.time.millis = (run.control().startAtMillis ?? 0) + (silentSeconds + 2) * 1000;
    run.store.before = (operation, key) => {
      if (operation === 'put' && key === keys.roster) throw new StoreUnavailableError('no');
    };
    await expect(observeRun(run.ports, { runId })).rejects.toMatchObject({ name: 'StoreUnavailable' });
    run.store.before = () => undefined;
    await observeRun(run.ports, { runId });
    expect(run.roster().workers.map(({ state, reason }) => [state, reason])).toEqual([
      ['ready', null],
      ['ready', null],
    ]);
    // From here on they say nothing.
    run.time.millis += silentSeconds * 1000 + 1;
    await observeRun(run.ports, { runId });
    expect(run.roster().workers.map(({ state }) => state)).toEqual(['lost', 'lost']);
  });
});

describe('a place that waited for capacity', () => {
  it('has all of its time to get ready once it is filled, and is not paid for before', async () => {
    const made = testPorts();
    await made.store.put(keys.plan, encode(aPlan()));
    await planRun(made.ports, { runId });
    made.fleet.refuses = ({ shard }) => (shard === 1 ? 'no spot capacity' : undefined);
    await launchWorkers(made.ports, { runId });
    made.fleet.refuses = () => undefined;
    made.time.millis += 29_000;
    const filledAt = new Date(made.time.millis).toISOString();
    await made.store.put(keys.hello({ shard: 0, attempt: 0 }), encode(aHello));
    expect(await checkWorkers(made.ports, { runId })).toMatchObject({ state: 'waiting' });
    expect(made.store.json(keys.roster)).toMatchObject({ workers: [{ shard: 0 }, { launchedAt: filledAt }] });
    made.time.millis += 29_000;
    expect(await checkWorkers(made.ports, { runId })).toMatchObject({ state: 'waiting', ready: 1 });
  });
});

describe('a failure that Step Functions tells nothing more of', () => {
  it.each([{ Error: 'States.Timeout' }, { Error: 'States.Timeout', Cause: '' }])(
    '%o is recorded with words of its own',
    async (failure) => {
      const run = await startedRun();
      await RecordFailure(run.ports, { runId, failure });
      expect(run.summary().verdict.reasons[0]).toMatch(/^States\.Timeout: \w.+/);
    },
  );
});

describe('a run that was closed before its execution was seen', () => {
  it.each([
    ['PlanRun', [], planRun],
    ['LaunchWorkers', [planRun], launchWorkers],
  ] as const)('is not carried out by %s', async (_, before, late) => {
    const made = testPorts();
    await made.store.put(keys.plan, encode(aPlan()));
    for (const state of before) await state(made.ports, { runId });
    await made.store.put(keys.summary, encode({ version: 1, outcome: 'error' }));
    await expect(late(made.ports, { runId })).rejects.toMatchObject({ name: 'RunAlreadyEnded' });
    expect(made.fleet.launches).toEqual([]);
  });
});
