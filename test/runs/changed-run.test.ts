import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile, openPlatform, openTarget, type RecordingTarget, type TestPlatform } from './harness.ts';

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

const steady = (seconds: number, rate: number, workers = 2) =>
  compile(`
version: 1
name: steady
target: http://127.0.0.1:${target.port}
load: [{ for: ${seconds}s, rate: ${rate} }]
workers: { count: ${workers} }
scenarios: [{ name: visit, steps: [{ get: / }] }]
`);

describe('a run that is changed while it runs', () => {
  it('stops for all workers at one instant, keeps what was measured, and loses no arrival before it', async () => {
    const { runId } = await platform.api.start(steady(60, 100));
    await platform.waitFor(runId, (progress) => progress.totals.completed > 20);
    await platform.api.stop(runId, 'enough');
    const summary = await platform.ended(runId);
    expect(summary.outcome).toBe('stopped');
    expect(summary.verdict.reasons[0]).toBe('Stopped: enough.');
    expect(summary.requests).toMatchObject({ missed: 0, dropped: 0, failed: 0 });
    expect(summary.requests.scheduled).toBe(target.paths.length);
    expect(summary.durationSeconds).toBeLessThan(60);
    expect(summary.changes).toMatchObject([{ rateScale: 0 }]);
    expect(summary.workers.map((worker) => worker.state)).toEqual(['stopped', 'stopped']);
    expect(await platform.alive(runId)).toEqual([]);
    await expect(platform.api.stop(runId, 'again')).rejects.toMatchObject({ name: 'RunAlreadyEnded' });
  });

  it('stops before it has started', async () => {
    const { runId } = await platform.api.start(steady(60, 100));
    await platform.waitFor(runId, (progress) => progress.phase !== 'launching');
    await platform.api.stop(runId, 'changed my mind');
    const summary = await platform.ended(runId);
    expect(summary.outcome).toBe('stopped');
    expect(await platform.alive(runId)).toEqual([]);
  });

  it('takes another rate at one instant, the arrivals before and after it exact', async () => {
    const { runId } = await platform.api.start(steady(3, 50));
    await platform.waitFor(runId, (progress) => progress.phase === 'running');
    await platform.api.scale(runId, { rateScale: 2 });
    const summary = await platform.ended(runId);
    const change = summary.changes[0];
    expect(change).toMatchObject({ rateScale: 2, shardCount: 2 });
    const atSeconds = change?.atSeconds ?? 0;
    const expected = 50 * atSeconds + 100 * (3 - atSeconds);
    expect(Math.abs(summary.requests.scheduled - expected)).toBeLessThanOrEqual(1);
    expect(summary.requests).toMatchObject({ missed: 0, dropped: 0, completed: target.paths.length });
    expect(summary.requests.scheduled).toBe(target.paths.length);
  });

  it('refuses a change that makes no sense', async () => {
    const { runId } = await platform.api.start(steady(1, 5, 1));
    await platform.waitFor(runId, (progress) => progress.phase !== 'launching');
    await expect(platform.api.scale(runId, { workers: 0 })).rejects.toMatchObject({ name: 'BadInput' });
    await expect(platform.api.scale(runId, { rateScale: -1 })).rejects.toMatchObject({ name: 'BadInput' });
    await expect(platform.api.scale('no-such-run', { workers: 2 })).rejects.toMatchObject({
      name: 'RunNotFound',
    });
    await platform.ended(runId);
  });
});
