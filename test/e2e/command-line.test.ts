import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore } from '../../src/platform/local/folder-store.ts';
import { readRoster } from '../../src/run/roster.ts';
import { RunFollower } from '../../src/run/run-follower.ts';
import { indexPrefix } from '../../src/run/run-keys.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { openTarget, type RecordingTarget } from '../runs/harness.ts';
import { isAlive, openTerminal, type Terminal, waitUntil } from './terminal.ts';

let terminal: Terminal;
let target: RecordingTarget;

beforeEach(async () => {
  terminal = await openTerminal();
  target = await openTarget();
});

afterEach(async () => {
  await target.close();
  await terminal.close();
});

const plan = (seconds: number, rate: number, to = `http://127.0.0.1:${target.port}`): string => `
version: 1
name: steady
target: ${to}
load: [{ for: ${seconds}s, rate: ${rate} }]
workers: { count: 2 }
validity: { sendLagP99: 30s, eventLoopLag: 30s }
scenarios: [{ name: visit, steps: [{ get: / }] }]
thresholds: ["failures < 1%"]
`;

const store = (): FolderStore => new FolderStore(join(terminal.folder, '.stormdrain'));

const onlyRun = async (): Promise<string | undefined> => {
  for await (const key of store().list(indexPrefix)) return key.slice(key.indexOf('-') + 1, -'.json'.length);
  return undefined;
};

/** The run's id and its workers' processes, once it has sent something. */
const running = (): Promise<{ runId: string; pids: readonly number[] }> =>
  waitUntil('the run to send', async () => {
    const runId = await onlyRun();
    if (runId === undefined || target.paths.length < 10) return undefined;
    const roster = await readRoster(store(), runId);
    const pids = (roster?.value.workers ?? []).flatMap(({ pid }) => pid ?? []);
    return pids.length === 2 ? { runId, pids } : undefined;
  });

const secondsOf = async (
  summary: RunSummary,
): Promise<{ shard_count: number; rate_scale: number; scheduled: number; step: string | null }[]> =>
  gunzipSync(await readFile(summary.timeline ?? ''))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((row) => row.step === null);

describe('the command line', () => {
  it('prints one document with --json, and nothing else', async () => {
    await terminal.write('plan.yml', plan(2, 20));
    const { code, stdout, stderr } = await terminal.type('run', 'plan.yml', '--json');
    const summary = JSON.parse(stdout) as RunSummary;
    expect(summary.requests).toEqual({
      scheduled: 40,
      started: 40,
      completed: 40,
      failed: 0,
      dropped: 0,
      missed: 0,
      unfinished: 0,
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(existsSync(summary.timeline ?? '')).toBe(true);
    expect(await terminal.type('show', 'last', '--json')).toMatchObject({ code: 0, stdout });
    expect((await terminal.type('runs')).stdout).toContain(summary.runId);
  });

  it('ends by an interrupt with what was measured, and exits 130', async () => {
    await terminal.write('plan.yml', plan(60, 50));
    const run = terminal.start('run', 'plan.yml');
    const { runId, pids } = await running();
    const askedAt = Date.now();
    run.process.kill('SIGINT');
    const { code, stdout } = await run.finished;
    console.log(`ended ${Date.now() - askedAt} ms after the interrupt`);
    expect(code).toBe(130);
    expect(stdout).toMatch(/^STOPPED/m);
    expect(pids.filter(isAlive)).toEqual([]);
    const summary = JSON.parse((await terminal.type('show', runId, '--json')).stdout) as RunSummary;
    expect(summary).toMatchObject({ outcome: 'stopped', requests: { missed: 0 } });
    expect(summary.requests.completed).toBe(target.paths.length);
  });

  it('leaves no worker behind when it is killed: they end by their lease, and the run is closed as an error', async () => {
    await terminal.write('plan.yml', plan(120, 50));
    const run = terminal.start('run', 'plan.yml');
    const { runId, pids } = await running();
    run.process.kill('SIGKILL');
    const killedAt = Date.now();
    await waitUntil('the workers to end', async () => (pids.some(isAlive) ? undefined : true));
    console.log(`the last worker ended ${Date.now() - killedAt} ms after the command was killed`);
    await run.finished;
    // Workers get a moment after their lease to ship; only then is the run closed.
    await waitUntil('the run to be closed', async () => {
      const shown = await terminal.type('show', runId);
      return /OrchestratorLost/.test(shown.stdout) ? true : undefined;
    });
    expect((await terminal.type('runs')).stdout).toMatch(/error/);
    const summary = JSON.parse((await terminal.type('show', runId, '--json')).stdout) as RunSummary;
    expect(summary.requests.completed).toBeGreaterThan(0);
  });

  it('changes and stops a run from a second terminal, which shows in its timeline', async () => {
    await terminal.write('plan.yml', plan(60, 50));
    const run = terminal.start('run', 'plan.yml', '--json');
    const { runId } = await running();
    expect((await terminal.type('scale', runId, '--rate', '2x')).code).toBe(0);
    expect((await terminal.type('scale', 'last', '--workers', '4')).code).toBe(0);
    const follower = new RunFollower({ store: store(), clock: { nowMillis: () => Date.now() } }, runId);
    await waitUntil('four workers', async () =>
      (await follower.look()).workers.wanted === 4 ? true : undefined,
    );
    await waitUntil('a second of theirs', async () => {
      const { elapsedSeconds = 0 } = await follower.look();
      return elapsedSeconds > 8 ? true : undefined;
    });
    expect((await terminal.type('stop', runId)).code).toBe(0);
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    const summary = JSON.parse(stdout) as RunSummary;
    expect(summary.changes.map(({ shardCount, rateScale }) => [shardCount, rateScale])).toEqual([
      [2, 2],
      [4, 2],
      [4, 0],
    ]);
    expect(summary.requests).toMatchObject({ missed: 0, dropped: 0, scheduled: target.paths.length });
    const seconds = await secondsOf(summary);
    expect(seconds.some((row) => row.rate_scale === 2 && row.shard_count === 2)).toBe(true);
    expect(seconds.some((row) => row.shard_count === 4 && row.scheduled === 100)).toBe(true);
    expect(await terminal.type('stop', runId)).toMatchObject({ code: 2 });
  });

  it.each([
    ['a host that is not listed', 'http://shop.example:80', /shop\.example is not in allowedTargets/],
    ['an address that is not listed', 'http://10.0.0.1', /10\.0\.0\.1 is not in allowedTargets/],
    ['the metadata address', 'http://169.254.169.254', /never a target/],
    ['the metadata address in disguise', 'http://0xa9fea9fe/', /never a target/],
  ])('sends nothing to %s: exit 2, no run', async (_, to, reason) => {
    await terminal.write('plan.yml', plan(2, 10, to));
    const { code, stderr, stdout } = await terminal.type('run', 'plan.yml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(existsSync(join(terminal.folder, '.stormdrain'))).toBe(false);
  });

  it('exits 1 for a missed threshold and 2 for what was typed wrong', async () => {
    const failing = await openTarget((_, response) => response.writeHead(500).end());
    await terminal.write('plan.yml', plan(1, 10, `http://127.0.0.1:${failing.port}`));
    expect((await terminal.type('run', 'plan.yml', '--quiet')).code).toBe(1);
    await failing.close();
    expect((await terminal.type('run', 'nowhere.yml')).code).toBe(2);
    expect((await terminal.type('run', 'plan.yml', '--worker', '3')).code).toBe(2);
    expect((await terminal.type('show', 'nothing')).code).toBe(2);
  });
});
