import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import type { TimelineRow } from '../../src/stats/timeline.ts';
import { compile, openPlatform, openTarget, type RecordingTarget, type TestPlatform } from './harness.ts';

let platform: TestPlatform;
let target: RecordingTarget;
let isBad: () => boolean = () => false;

beforeEach(async () => {
  isBad = () => false;
  platform = await openPlatform();
  target = await openTarget((_, response) => {
    response.statusCode = isBad() ? 503 : 200;
    response.end('ok');
  });
});

afterEach(async () => {
  await platform.close();
  await target.close();
});

describe('a run with conditions to end on', () => {
  it('ends early as failed when the target begins to fail, and its counts add up', async () => {
    isBad = () => target.paths.length > 150;
    const request = compile(`
version: 1
name: failing
target: http://127.0.0.1:${target.port}
load: [{ for: 60s, rate: 100 }]
workers: { count: 2 }
abortOn: [{ when: 'failures > 50%', over: 2s }]
scenarios: [{ name: visit, steps: [{ get: / }] }]
`);
    const { runId } = await platform.api.start(request);
    const seen = await platform.waitFor(runId, ({ ending }) => ending !== undefined);
    expect(seen.ending).toMatchObject({ by: 'abort', reason: expect.stringMatching(/^failures > 50% held/) });
    const summary = await platform.ended(runId);
    expect(summary.outcome).toBe('failed');
    expect(exitCodeOf({ kind: 'run', summary })).toBe(1);
    expect(summary.verdict.reasons[0]).toMatch(
      /^Ended early at [\d.]+ s: failures > 50% held over the last 2 s \([\d.]+%\)\.$/,
    );
    expect(summary.durationSeconds).toBeLessThan(30);
    const { scheduled, started, completed, failed, missed, dropped } = summary.requests;
    expect({ scheduled, missed, dropped }).toEqual({ scheduled: target.paths.length, missed: 0, dropped: 0 });
    expect(started).toBe(completed + failed);
    expect(summary.changes).toMatchObject([{ rateScale: 0, atSeconds: summary.durationSeconds }]);
    expect(summary.workers.map((worker) => worker.state)).toEqual(['stopped', 'stopped']);
    expect(summary.steps[0]?.latencyMillis.failed).not.toBeNull();
    expect(await platform.alive(runId)).toEqual([]);
    await expect(platform.api.stop(runId, 'again')).rejects.toMatchObject({ name: 'RunAlreadyEnded' });
  });
});

describe('a run with a warm-up', () => {
  it('passes when only its warm-up is bad, and counts it apart', async () => {
    isBad = () => target.paths.length <= 20;
    const request = compile(`
version: 1
name: warming
target: http://127.0.0.1:${target.port}
load: [{ for: 1s, rate: 40, warmup: true }, { for: 2s, rate: 50 }]
workers: { count: 2 }
abortOn: [{ when: 'failures > 1%', over: 1s }]
scenarios: [{ name: visit, steps: [{ get: / }] }]
thresholds: ['failures < 1%', 'rate > 45']
`);
    const { runId } = await platform.api.start(request);
    const summary = await platform.ended(runId);
    expect(summary.verdict.reasons).toEqual([]);
    expect(summary.outcome).toBe('passed');
    expect(summary.requests).toMatchObject({ scheduled: 140, started: 140, missed: 0, dropped: 0 });
    const { warmup, requests, steps } = summary;
    expect(warmup).toMatchObject({ seconds: 1, scheduled: 40, dropped: 0, failed: 20, completed: 20 });
    expect(requests.failed).toBe(20);
    expect(steps).toMatchObject([{ completed: 100, failed: 0 }]);
    expect(summary.rate).toEqual({ offered: 50, achieved: 50 });
    expect(summary.thresholds).toMatchObject([{ count: 100, value: 0 }, { value: 50 }]);
    expect(summary.errors).toMatchObject([{ kind: 'unexpected status', count: 20 }]);
    const rows = gunzipSync(await readFile(join(platform.home, summary.timeline ?? '')))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line): TimelineRow => JSON.parse(line))
      .filter((row) => row.step === null);
    expect(rows.slice(0, 3).map((row) => [row.warmup, row.arrived])).toEqual([
      [true, 40],
      [false, 50],
      [false, 50],
    ]);
  });

  it('has nothing measured when it is stopped before its warm-up is over', async () => {
    const request = compile(`
version: 1
name: cold
target: http://127.0.0.1:${target.port}
load: [{ for: 30s, rate: 40, warmup: true }, { for: 2s, rate: 50 }]
scenarios: [{ name: visit, steps: [{ get: / }] }]
`);
    const { runId } = await platform.api.start(request);
    const seen = await platform.waitFor(runId, ({ totals }) => totals.completed > 10);
    expect(seen.phase).toBe('warming up');
    await platform.api.stop(runId, 'enough');
    const summary = await platform.ended(runId);
    expect(summary.outcome).toBe('stopped');
    expect(summary.verdict.reasons).toEqual([
      'Stopped: enough.',
      'It ended during the warm-up, so nothing was measured.',
    ]);
    expect(summary.latencyMillis.response).toBeNull();
    expect(summary.steps).toMatchObject([{ completed: 0, failed: 0 }]);
    expect(summary.warmup?.completed).toBe(target.paths.length);
  });
});
