import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { reapRuns } from '../../src/run/reap-runs.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import { aSummary } from '../cli/builders.ts';
import { encode, runId, startedRun } from './a-run.ts';
import { aPlan, startOfTime } from './builders.ts';
import { PaperWorkflow } from './paper-workflow.ts';

const listed = (store: { put(key: string, body: Uint8Array): Promise<unknown> }, id: string, at: number) =>
  store.put(
    runKeys(id).index(at),
    encode({
      version: 1,
      runId: id,
      name: 'shop',
      target: 'http://t',
      createdAt: new Date(at).toISOString(),
    }),
  );

describe('the reaper', () => {
  it('closes what has workers or no summary and no running execution, and leaves the rest alone', async () => {
    const run = await startedRun();
    const workflow = new PaperWorkflow();
    const old = startOfTime - 3_600_000;
    await listed(run.store, runId, old);
    await listed(run.store, 'going-on', old);
    await listed(run.store, 'young', run.time.millis - 1000);
    await listed(run.store, 'done', old);
    for (const id of ['going-on', 'young', 'done']) await run.store.put(runKeys(id).plan, encode(aPlan()));
    await run.store.put(runKeys('done').summary, encode(aSummary({ runId: 'done' })));
    workflow.statuses.set('going-on', 'running');
    await run.fleet.launch('going-on', [{ shard: 0, attempt: 0 }]);
    await run.fleet.launch('young', [{ shard: 0, attempt: 0 }]);
    await run.fleet.launch('done', [{ shard: 0, attempt: 0 }]);
    const reaped = await reapRuns({ ...run.ports, workflow });
    expect([...reaped.closed].sort()).toEqual(['done', runId]);
    expect(run.summary().verdict.reasons[0]).toMatch(/^OrchestratorLost/);
    expect(await run.fleet.runsWithWorkers()).toEqual(['going-on', 'young']);
    expect((await reapRuns({ ...run.ports, workflow })).closed).toEqual([]);
  });

  it('closes the others when one can not be closed, and says so', async () => {
    const run = await startedRun();
    const workflow = new PaperWorkflow();
    await listed(run.store, 'broken', startOfTime - 3_600_000);
    await listed(run.store, runId, startOfTime - 7_200_000);
    run.store.before = (operation, key) => {
      if (operation === 'get' && key === runKeys('broken').plan) throw new StoreUnavailableError('no');
    };
    await expect(reapRuns({ ...run.ports, workflow })).rejects.toMatchObject({ name: 'StoreUnavailable' });
    expect(run.summary().outcome).toBe('error');
    expect(run.fleet.stopped).toHaveLength(2);
  });

  it('goes on at the next invocation with what was too much for one', async () => {
    const run = await startedRun();
    const workflow = new PaperWorkflow();
    for (let index = 0; index < 25; index++)
      await run.fleet.launch(`lost-${index}`, [{ shard: 0, attempt: 0 }]);
    expect(await reapRuns({ ...run.ports, workflow })).toMatchObject({ more: true });
    expect(await reapRuns({ ...run.ports, workflow })).toMatchObject({ more: false });
    expect(await run.fleet.runsWithWorkers()).toEqual([]);
  });
});
