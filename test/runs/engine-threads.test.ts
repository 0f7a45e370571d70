import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPlatform, openTarget, type RecordingTarget, type TestPlatform } from './harness.ts';
import { threadedVisits } from './support/threaded-visits.ts';

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

describe('a run whose workers have two engines', () => {
  it('sends exactly the scheduled arrivals, each row of a once file once, from every thread', async () => {
    const { runId } = await platform.api.start(threadedVisits(target.port, '{ for: 3s, rate: 100 }', 2, 300));
    const summary = await platform.ended(runId);
    expect(summary.requests).toMatchObject({ scheduled: 300, completed: 300, dropped: 0, missed: 0 });
    expect(summary.outcome).toBe('passed');
    expect([...target.paths].sort()).toEqual(Array.from({ length: 300 }, (_, i) => `/?user=u${i}`).sort());
    expect(summary.generator.threads.map(({ worker, thread }) => `${worker} ${thread}`)).toEqual([
      '0/0 0',
      '0/0 1',
      '1/0 0',
      '1/0 1',
    ]);
    for (const { cpuSeconds } of summary.generator.threads) expect(cpuSeconds).toBeGreaterThan(0);
    expect(summary.generator.peakMemoryBytes).toBeGreaterThan(1e6);
    expect(summary.generator.peakSockets).toBeGreaterThan(0);
    expect(await platform.alive(runId)).toEqual([]);
  });

  it('claims rows for all threads from one ledger', async () => {
    const { runId } = await platform.api.start(
      threadedVisits(target.port, '{ for: 2s, users: 5 }', 1, 50_000),
    );
    const summary = await platform.ended(runId);
    expect(summary.requests.completed).toBeGreaterThan(10);
    expect(new Set(target.paths).size).toBe(target.paths.length);
    expect(summary.generator.threads).toHaveLength(2);
  });

  it('stops all threads when it is stopped', async () => {
    const { runId } = await platform.api.start(
      threadedVisits(target.port, '{ for: 30s, rate: 50 }', 1, 2000),
    );
    await platform.waitFor(runId, (progress) => progress.totals.completed > 0);
    await platform.api.stop(runId, 'enough');
    const summary = await platform.ended(runId);
    expect(summary.outcome).toBe('stopped');
    expect(summary.requests.missed).toBe(0);
    expect(summary.requests.completed).toBe(target.paths.length);
  });
});
