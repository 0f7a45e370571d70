import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { simulateStorm } from '../../src/cli/simulate-storm.ts';
import type { StormRequest, StormResult } from '../../src/cli/storm.ts';
import { drainHistory } from '../../src/drain/operator/direct-drain-api.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { FolderStore } from '../../src/platform/local/folder-store.ts';
import { aLogsApi } from './a-logs-api.ts';
import { aContext, aRunApi } from './builders.ts';
import { noticedAt } from './drain-builders.ts';
import { aScalingApi } from './scaling-builders.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-simulate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const aStormRequest = (overrides: Partial<StormRequest> = {}): StormRequest => ({
  instances: 2,
  tasks: 6,
  groups: 2,
  seed: 1,
  cause: 'spot',
  deadlineSeconds: 120,
  startMillis: noticedAt,
  ...overrides,
});

/** A context whose only app is a folder. */
const cli = async (...args: readonly string[]) => {
  const store = new FolderStore(folder);
  const drains = drainHistory({ store, time: { nowMillis: Date.now }, clusters: [] });
  const context = aContext(aRunApi(), {
    openApp(stack) {
      if (stack !== undefined) throw new Error('a stack was opened');
      const ticketsAt = () => {
        throw new Error('nothing is uploaded');
      };
      const local = {
        store,
        drains,
        scaling: aScalingApi(),
        logs: aLogsApi(),
        guard: addressGuard([]),
        ticketsAt,
      };
      return Promise.resolve({ api: aRunApi(), local, close: () => Promise.resolve() });
    },
  });
  const code = await main(args, context);
  return { code, out: context.stdout.text, err: context.stderr.text };
};

describe('a simulated storm', () => {
  it.each([
    ['spot', 120],
    ['spot-stop', 120],
    ['operator', 200],
    ['lifecycle', 300],
  ] as const)(
    'by %s ends with empty instances, a record of each, and no failed request',
    async (cause, deadlineSeconds) => {
      const { result, records } = await simulateStorm(aStormRequest({ cause, deadlineSeconds }));
      expect(result).toMatchObject({ outcomes: { empty: 2 }, drainsThatMissed: 0, requests: { failed: 0 } });
      expect(result.marginSeconds).toBeGreaterThan(0);
      expect(result.requests.sent).toBeGreaterThan(0);
      expect(records.size).toBe(2);
    },
  );

  it('tells every task to stop after every target was deregistered', async () => {
    const { result } = await simulateStorm(aStormRequest());
    expect(result).toMatchObject({ targets: 12, stopsAsked: 12, calls: { stopTask: { made: 12 } } });
    expect(result.lastStopSeconds).toBeGreaterThan(result.lastDeregistrationSeconds ?? Number.NaN);
  });

  it('goes the same way for the same seed, whenever it begins', async () => {
    const one = await simulateStorm(aStormRequest());
    const later = await simulateStorm(aStormRequest({ startMillis: noticedAt + 86_400_000 }));
    const other = await simulateStorm(aStormRequest({ seed: 2 }));
    expect(later.result).toEqual(one.result);
    expect({ ...other.result, seed: 1 }).not.toEqual(one.result);
  });
});

describe('drain simulate', () => {
  it('prints what came of it, and keeps a record of each drain, which drains shows', async () => {
    const { code, out, err } = await cli(
      'drain',
      'simulate',
      '--instances',
      '3',
      '--tasks',
      '5',
      '--groups',
      '2',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^3 instances of 6 taken back by EC2 within 120 s: 5 tasks on each, 2 target groups/);
    expect(out).toContain('Each drain has a record: stormdrain drains\n');
    const listed = await cli('drains', '--json');
    const drains = JSON.parse(listed.out) as { drainId: string; instanceId: string; outcome: string }[];
    expect(drains.map(({ outcome }) => outcome)).toEqual(['empty', 'empty', 'empty']);
    const first = drains[0];
    const shown = await cli('drains', first?.instanceId ?? '');
    expect(shown.out).toContain(`EMPTY  ${first?.instanceId} in cluster simulated`);
    expect(shown.out).toContain(first?.drainId);
    expect(shown.out).toMatch(/\n {5}0\.0 s {2}EC2: spot interruption/);
  });

  it('prints the figures alone with --json', async () => {
    const { out } = await cli(
      'drain',
      'simulate',
      '--instances',
      '1',
      '--tasks',
      '2',
      '--groups',
      '1',
      '--seed',
      '7',
      '--json',
    );
    expect(JSON.parse(out) as StormResult).toMatchObject({
      seed: 7,
      cause: 'spot',
      instances: { leaving: 1, staying: 1 },
      tasksPerInstance: 2,
      groups: 1,
    });
  });
});
