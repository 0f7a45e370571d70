import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { finishRun } from '../../src/run/finish-run.ts';
import { observeRun } from '../../src/run/observe-run.ts';
import { workerStopped } from '../../src/run/worker-stopped.ts';
import { keys, runId, startedRun } from './a-run.ts';

const taskEvent = (taskArn: string, overrides: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    detail: { taskArn, lastStatus: 'STOPPED', startedBy: runId, version: 4, ...overrides },
  });

const batch = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })),
});

describe('workers that have stopped', () => {
  it('are replaced at once, many in one look', async () => {
    const run = await startedRun();
    await run.fleet.kill('w-0-0', 'spot interruption');
    await run.fleet.kill('w-1-0', 'spot interruption');
    const answer = await workerStopped(run.ports, batch(taskEvent('w-0-0'), taskEvent('w-1-0')));
    expect(answer).toEqual({ batchItemFailures: [], runs: { r1: { kind: 'observed' } } });
    expect(run.fleet.launches.slice(2)).toEqual([
      { shard: 0, attempt: 1 },
      { shard: 1, attempt: 1 },
    ]);
    // Delivered again, it is nothing new.
    expect(await workerStopped(run.ports, batch(taskEvent('w-0-0')))).toMatchObject({
      runs: { r1: { kind: 'ignored' } },
    });
    expect(run.fleet.launches).toHaveLength(4);
  });

  it('need nobody when they were done, are of nobody, or still run', async () => {
    const run = await startedRun();
    await run.exit(0, 3);
    const answer = await workerStopped(
      run.ports,
      batch(
        taskEvent('w-0-0'),
        taskEvent('x', { startedBy: 'ecs-svc/123' }),
        taskEvent('x', { startedBy: undefined }),
        taskEvent('w-1-0', { lastStatus: 'RUNNING' }),
        taskEvent('x', { startedBy: 'unknown-run' }),
      ),
    );
    expect(answer.batchItemFailures).toEqual([]);
    expect(Object.keys(answer.runs).sort()).toEqual([runId, 'unknown-run']);
    for (const stop of Object.values(answer.runs)) expect(stop.kind).toBe('ignored');
  });

  it('of an ended run are ignored', async () => {
    const run = await startedRun();
    await finishRun(run.ports, { runId });
    expect(await workerStopped(run.ports, batch(taskEvent('w-0-0')))).toMatchObject({
      runs: { r1: { kind: 'ignored', reason: 'the run has ended' } },
    });
  });

  it('are delivered again when the run could not be looked at, and messages that can not be read fail', async () => {
    const run = await startedRun();
    run.fleet.kill('w-0-0', 'gone');
    run.store.before = (operation, key) => {
      if (operation === 'put' && key === keys.roster) throw new StoreUnavailableError('no');
    };
    const answer = await workerStopped(run.ports, batch('not JSON', taskEvent('w-0-0'), '{}'));
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual([
      'm0',
      'm1',
      'm2',
    ]);
  });

  it('are left to the observer when the fleet refuses to replace them', async () => {
    const run = await startedRun();
    run.fleet.kill('w-1-0', 'gone');
    run.fleet.refuses = () => 'image was deleted';
    run.fleet.cause = 'request';
    expect(await workerStopped(run.ports, batch(taskEvent('w-1-0')))).toMatchObject({
      batchItemFailures: [],
      runs: { r1: { kind: 'ignored', reason: 'left to the observer: FleetRefused' } },
    });
    await expect(observeRun(run.ports, { runId })).rejects.toMatchObject({ name: 'FleetRefused' });
  });

  it('are left to the observer when the shard is given up', async () => {
    const run = await startedRun();
    for (let attempt = 0; attempt < 4; attempt++) {
      run.fleet.kill(`w-1-${attempt}`, 'gone');
      if (attempt < 3) await observeRun(run.ports, { runId });
    }
    expect(await workerStopped(run.ports, batch(taskEvent('w-1-3')))).toMatchObject({
      batchItemFailures: [],
      runs: { r1: { kind: 'ignored', reason: 'left to the observer: WorkersLost' } },
    });
    await expect(observeRun(run.ports, { runId })).rejects.toMatchObject({ name: 'WorkersLost' });
  });
});
