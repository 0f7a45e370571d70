import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { executionEnded, parseExecutionEvent } from '../../src/run/execution-ended.ts';
import { finishRun } from '../../src/run/finish-run.ts';
import { keys, runId, startedRun } from './a-run.ts';

const finishedTold = (told: readonly unknown[]): number =>
  told.filter((event) => (event as { type: string }).type === 'run.finished').length;

const executionEvent = (status: string, name = runId) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: 'arn:aws:states:…', name, status, error: null, cause: null },
});

describe('the end of an execution', () => {
  it.each([
    ['ABORTED', 'ExecutionAborted'],
    ['TIMED_OUT', 'ExecutionTimedOut'],
    ['FAILED', 'OrchestratorLost'],
    ['SUCCEEDED', 'OrchestratorLost'],
  ])('%s leaves no worker, and a summary that names %s', async (status, error) => {
    const run = await startedRun();
    await run.ship(0, 0, 100);
    const ended = await executionEnded(run.ports, parseExecutionEvent(executionEvent(status)));
    expect(ended).toEqual({ kind: 'closed', stopped: 2, recorded: true });
    expect(run.summary()).toMatchObject({ outcome: 'error', requests: { scheduled: 200, missed: 100 } });
    expect(run.summary().verdict.reasons[0]).toMatch(new RegExp(`^${error}: `));
    expect(finishedTold(run.told)).toBe(1);
  });

  it('leaves a summary that is there as it is, delivered as often as it may be', async () => {
    const run = await startedRun();
    await finishRun(run.ports, { runId });
    const before = run.summary();
    for (let delivery = 0; delivery < 2; delivery++)
      await executionEnded(run.ports, parseExecutionEvent(executionEvent('ABORTED')));
    expect(run.summary()).toEqual(before);
    expect(finishedTold(run.told)).toBe(1);
    expect((await run.fleet.list(runId)).map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });

  it('is not there while it runs, and of no concern to runs that are unknown', async () => {
    const run = await startedRun();
    expect(await executionEnded(run.ports, parseExecutionEvent(executionEvent('RUNNING')))).toMatchObject({
      kind: 'ignored',
    });
    expect(run.fleet.stopped).toEqual([]);
    expect(await executionEnded(run.ports, parseExecutionEvent(executionEvent('FAILED', 'nobody')))).toEqual({
      kind: 'closed',
      stopped: 0,
      recorded: false,
    });
  });

  it('is told of once more when the first that told it broke off', async () => {
    const run = await startedRun();
    run.store.before = (operation, key) => {
      if (operation === 'put' && key === keys.told) throw new StoreUnavailableError('crash');
    };
    await expect(finishRun(run.ports, { runId })).rejects.toMatchObject({ name: 'StoreUnavailable' });
    run.store.before = () => undefined;
    await finishRun(run.ports, { runId });
    expect(finishedTold(run.told)).toBe(2);
    await finishRun(run.ports, { runId });
    expect(finishedTold(run.told)).toBe(2);
  });

  it('refuses what is no such event', () => {
    expect(() => parseExecutionEvent({ detail: { status: 'FAILED' } })).toThrow(/name/);
  });
});
