import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  openPlatform,
  openTarget,
  type RecordingTarget,
  type TestPlatform,
} from '../runs/harness.ts';

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

const steady = (seconds: number, rate: number, more = '') =>
  compile(`
version: 1
name: steady
target: http://127.0.0.1:${target.port}
load: [{ for: ${seconds}s, rate: ${rate} }]
workers: { count: 2${more} }
scenarios: [{ name: visit, steps: [{ get: / }] }]
`);

const started = (runId: string) => platform.waitFor(runId, (progress) => (progress.elapsedSeconds ?? -1) > 2);

describe('a run that loses workers', () => {
  it.each([
    ['one of two workers', 1],
    ['both workers', 2],
  ])('replaces %s killed by SIGKILL, ends, and names what was missed', async (_, count) => {
    const { runId } = await platform.api.start(steady(10, 100));
    await started(runId);
    const victims = (await platform.alive(runId)).slice(0, count);
    for (const pid of victims) process.kill(pid, 'SIGKILL');
    const killedAt = Date.now();
    await platform.waitFor(runId, (progress) => progress.workers.lost === count);
    const noticedMillis = Date.now() - killedAt;
    const summary = await platform.ended(runId);
    console.log(
      `noticed after ${noticedMillis} ms, ${summary.requests.missed} of ${summary.requests.scheduled} missed`,
    );

    const lost = summary.workers.filter((worker) => worker.state === 'lost');
    expect(lost).toHaveLength(count);
    expect(lost.map((worker) => worker.pid).sort()).toEqual([...victims].sort());
    expect(lost.every((worker) => worker.reason === 'SIGKILL' && worker.replacedBy === 1)).toBe(true);
    expect(summary.workers.filter((worker) => worker.state === 'finished')).toHaveLength(2);
    expect(summary.requests.scheduled).toBe(1000);
    expect(summary.requests.missed).toBeGreaterThan(0);
    // What is missed was not sent twice: nothing reached the target beyond the schedule.
    expect(target.paths.length).toBeLessThanOrEqual(1000);
    expect(summary.requests.completed + summary.requests.missed).toBe(1000);
    expect(summary.outcome).toBe('invalid');
    expect(summary.verdict.reasons.join('\n')).toMatch(
      /scheduled arrivals were missed .*worker \d \(attempt 0\) was lost \(SIGKILL\) and replaced by attempt 1/,
    );
    expect(summary.durationSeconds).toBe(10);
  });

  it('replaces a worker that gets a SIGTERM, which ships what it has and misses little', async () => {
    const { runId } = await platform.api.start(steady(8, 100));
    await started(runId);
    const [victim] = await platform.alive(runId);
    process.kill(victim ?? 0, 'SIGTERM');
    const summary = await platform.ended(runId);
    expect(summary.workers.filter((worker) => worker.state === 'lost')).toMatchObject([
      { pid: victim, reason: 'interrupted' },
    ]);
    expect(summary.requests.completed).toBe(target.paths.length);
    expect(summary.requests.completed + summary.requests.missed).toBe(800);
  });

  it('ends with a clear failure when a worker never gets ready, and leaves nothing running', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stormdrain-mute-'));
    const mute = join(folder, 'mute-worker.mjs');
    await writeFile(mute, 'setInterval(() => undefined, 1000);\n');
    const muted = await openPlatform({ workerEntry: mute });
    const { runId } = await muted.api.start(steady(5, 10, ', readyTimeout: 2s'));
    const summary = await muted.ended(runId);
    expect(summary.outcome).toBe('error');
    expect(summary.verdict.reasons[0]).toMatch(
      /^WorkersNotReady: Workers 0\/0, 1\/0 did not get ready within 2 s/,
    );
    expect(await muted.alive(runId)).toEqual([]);
    expect(target.paths).toEqual([]);
    await muted.close();
    await rm(folder, { recursive: true });
  });

  it('gives up on workers that keep dying while they start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stormdrain-dying-'));
    const dying = join(folder, 'dying-worker.mjs');
    await writeFile(dying, 'process.exit(3);\n');
    const mortal = await openPlatform({ workerEntry: dying });
    const { runId } = await mortal.api.start(steady(5, 10));
    const summary = await mortal.ended(runId);
    expect(summary.outcome).toBe('error');
    expect(summary.verdict.reasons[0]).toMatch(
      /^WorkersLost: Shard 0 lost its worker 4 times, the last one because of: exit code 3/,
    );
    await mortal.close();
    await rm(folder, { recursive: true });
  });

  it('adds and releases workers while it runs, without losing or doubling an arrival', async () => {
    const { runId } = await platform.api.start(steady(12, 100));
    await started(runId);
    await platform.api.scale(runId, { workers: 4 });
    await platform.waitFor(runId, (progress) => progress.workers.wanted === 4);
    await platform.api.scale(runId, { workers: 1 });
    const summary = await platform.ended(runId);
    expect(summary.changes.map((change) => change.shardCount)).toEqual([4, 1]);
    expect(summary.requests).toEqual({
      scheduled: 1200,
      started: 1200,
      completed: 1200,
      failed: 0,
      dropped: 0,
      missed: 0,
      unfinished: 0,
    });
    expect(target.paths).toHaveLength(1200);
    expect(summary.outcome).toBe('passed');
    expect(summary.workers.map((worker) => worker.state)).toEqual([
      'finished',
      'released',
      'released',
      'released',
    ]);
  });

  it.each([
    ['4, 2 and 4 again', [4, 2, 4]],
    ['4 and back to 2 at once', [4, 2]],
  ])('follows %s workers without losing or doubling an arrival', async (_, wanted) => {
    const { runId } = await platform.api.start(steady(14, 100));
    await started(runId);
    for (const workers of wanted) {
      await platform.api.scale(runId, { workers });
      if (wanted.length === 3)
        await platform.waitFor(runId, (progress) => progress.workers.wanted === workers);
    }
    const summary = await platform.ended(runId);
    expect(summary.requests).toMatchObject({ scheduled: 1400, completed: 1400, missed: 0, unfinished: 0 });
    expect(target.paths).toHaveLength(1400);
    expect(summary.outcome).toBe('passed');
    expect(summary.verdict.warnings).toEqual([]);
    expect(summary.workers.every((worker) => ['finished', 'released'].includes(worker.state))).toBe(true);
  });

  it('accounts for the requests that a lost worker had under way', async () => {
    const slow = await openTarget((_, response) => void setTimeout(() => response.end('late'), 1500));
    const { plan, ...rest } = steady(8, 60);
    const { runId } = await platform.api.start({
      ...rest,
      plan: { ...plan, target: `http://127.0.0.1:${slow.port}` },
    });
    await platform.waitFor(runId, (progress) => (progress.elapsedSeconds ?? -1) > 3);
    const [victim] = await platform.alive(runId);
    process.kill(victim ?? 0, 'SIGKILL');
    const summary = await platform.ended(runId);
    await slow.close();
    const { started: begun, completed, failed, unfinished, scheduled, missed } = summary.requests;
    expect(unfinished).toBeGreaterThan(0);
    expect(completed + failed + unfinished).toBe(begun);
    expect(begun + missed).toBe(scheduled);
    expect(summary.outcome).toBe('invalid');
    expect(summary.verdict.reasons.join('\n')).toMatch(/requests never ended/);
  });
});
