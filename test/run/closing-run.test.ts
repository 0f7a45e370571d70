import { describe, expect, it } from 'vitest';
import { closeRun, orchestratorLost } from '../../src/run/close-run.ts';
import { observeRun } from '../../src/run/observe-run.ts';
import { stopWorkers } from '../../src/run/stop-workers.ts';
import { workerStopped } from '../../src/run/worker-stopped.ts';
import { runId, startedRun } from './a-run.ts';

const stoppedTasks = (workerIds: readonly string[]) => ({
  Records: workerIds.map((taskArn) => ({
    messageId: taskArn,
    body: JSON.stringify({ detail: { taskArn, lastStatus: 'STOPPED', startedBy: runId } }),
  })),
});

/** A started run of two workers whose fleet, asked to stop them, tells `meanwhile` before it returns. */
const runWhile = async (meanwhile: (run: Awaited<ReturnType<typeof startedRun>>) => Promise<unknown>) => {
  const run = await startedRun();
  const { stop } = run.fleet;
  run.fleet.stop = async (id: string, workerIds: readonly string[]) => {
    await stop.call(run.fleet, id, workerIds);
    for (const shard of [0, 1]) await run.exit(shard, 1, 'interrupted');
    await meanwhile(run);
  };
  return run;
};

describe('a run that is being closed', () => {
  it.each([
    [
      'the events of its stopped workers',
      (run) => workerStopped(run.ports, stoppedTasks(['w-0-0', 'w-1-0'])),
    ],
    ['an observer that comes late', (run) => observeRun(run.ports, { runId })],
  ] as [string, Parameters<typeof runWhile>[0]][])('gets no new workers for %s', async (_, meanwhile) => {
    const run = await runWhile(meanwhile);
    await closeRun(run.ports, runId, orchestratorLost);
    expect(run.fleet.launches).toHaveLength(2);
    expect((await run.fleet.list(runId)).map(({ state }) => state)).toEqual(['stopped', 'stopped']);
    expect(run.summary().workers.map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });

  it('stays closed for whoever looks afterwards', async () => {
    const run = await startedRun();
    await stopWorkers(run.ports, { runId });
    expect(await observeRun(run.ports, { runId })).toMatchObject({ over: true });
    expect(run.fleet.launches).toHaveLength(2);
  });

  it('stops what a launch under way brings after it was closed', async () => {
    const run = await startedRun();
    run.fleet.kill('w-1-0', 'SIGKILL');
    const { launch } = run.fleet;
    run.fleet.launch = async (...request: Parameters<typeof launch>) => {
      await stopWorkers(run.ports, { runId });
      return launch.apply(run.fleet, request);
    };
    await observeRun(run.ports, { runId });
    expect(run.fleet.launches).toContainEqual({ shard: 1, attempt: 1 });
    expect((await run.fleet.list(runId)).map(({ state }) => state)).toEqual([
      'stopped',
      'stopped',
      'stopped',
    ]);
  });
});
