import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPlatform, openTarget, type RecordingTarget, type TestPlatform } from '../runs/harness.ts';
import { threadedVisits } from '../runs/support/threaded-visits.ts';

let platform: TestPlatform;
let target: RecordingTarget;

beforeEach(async () => {
  platform = await openPlatform();
  target = await openTarget();
});

afterEach(async () => {
  await platform.close();
  await target.close();
});

const breakingWorker = new URL('../runs/support/breaking-worker.ts', import.meta.url);

describe('a run whose workers have two engines', () => {
  it('sends exactly the scheduled arrivals while its workers and its rate change', async () => {
    const { runId } = await platform.api.start(
      threadedVisits(target.port, '{ for: 12s, rate: 60 }', 1, 2000),
    );
    await platform.waitFor(runId, (progress) => progress.totals.completed > 0);
    await platform.api.scale(runId, { workers: 3 });
    await platform.waitFor(runId, ({ workers }) => workers.ready === 3);
    await platform.api.scale(runId, { rateScale: 1.5 });
    await platform.waitFor(runId, ({ rateScale }) => rateScale === 1.5);
    await platform.api.scale(runId, { workers: 2 });
    const summary = await platform.ended(runId);
    expect(summary.changes.map(({ shardCount, rateScale }) => [shardCount, rateScale])).toEqual([
      [3, 1],
      [3, 1.5],
      [2, 1.5],
    ]);
    const { scheduled, missed, dropped, completed } = summary.requests;
    expect({ missed, dropped, completed }).toEqual({ missed: 0, dropped: 0, completed: scheduled });
    expect([...target.paths].sort()).toEqual(
      Array.from({ length: scheduled }, (_, i) => `/?user=u${i}`).sort(),
    );
    expect(summary.outcome).toBe('passed');
  });

  it('replaces a worker that gets a SIGTERM, of which every thread ships what it has', async () => {
    const { runId } = await platform.api.start(threadedVisits(target.port, '{ for: 7s, rate: 60 }', 2, 420));
    await platform.waitFor(runId, (progress) => progress.totals.completed > 60);
    const [victim] = await platform.alive(runId);
    process.kill(victim ?? 0, 'SIGTERM');
    const summary = await platform.ended(runId);
    expect(summary.workers.filter((worker) => worker.state === 'lost')).toMatchObject([
      { pid: victim, reason: 'interrupted', replacedBy: 1 },
    ]);
    const { scheduled, completed, missed, unfinished } = summary.requests;
    expect({ scheduled, unfinished }).toEqual({ scheduled: 420, unfinished: 0 });
    expect(completed).toBe(target.paths.length);
    expect(completed + missed).toBe(420);
    expect(new Set(target.paths).size).toBe(target.paths.length);
    expect(await platform.alive(runId)).toEqual([]);
  });

  it('replaces a worker when one of its threads breaks, and names the reason', async () => {
    const breaking = await openPlatform({ workerEntry: fileURLToPath(breakingWorker) });
    const { runId } = await breaking.api.start(threadedVisits(target.port, '{ for: 6s, rate: 50 }', 1, 300));
    const summary = await breaking.ended(runId);
    await breaking.close();
    expect(summary.workers).toMatchObject([
      { attempt: 0, state: 'lost', reason: 'error: engine thread 1: the engine broke', replacedBy: 1 },
      { attempt: 1, state: 'finished' },
    ]);
    const { scheduled, completed, missed, unfinished } = summary.requests;
    expect(scheduled).toBe(300);
    expect(missed).toBeGreaterThan(0);
    expect(completed + missed + unfinished).toBeGreaterThanOrEqual(300);
    expect(new Set(target.paths).size).toBe(target.paths.length);
  });
});
