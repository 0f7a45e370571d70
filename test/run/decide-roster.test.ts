import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstEpoch } from '../../src/plan/epochs.ts';
import type { FleetWorker } from '../../src/platform/ports/worker-fleet.ts';
import {
  decideRoster,
  mostReplacements,
  planReplacements,
  type RosterSight,
} from '../../src/run/decide-roster.ts';
import type { ExitDocument, HelloDocument, RosterEntry } from '../../src/run/documents.ts';
import { isWorking, latestOf } from '../../src/run/roster.ts';
import { anEntry, isoAt, startOfTime } from './builders.ts';

const running = (entry: RosterEntry): FleetWorker => ({
  shard: entry.shard,
  attempt: entry.attempt,
  workerId: entry.workerId ?? '',
  state: 'running',
});

const sight = (entry: RosterEntry, overrides: Partial<RosterSight> = {}): RosterSight => ({
  nowMillis: startOfTime + 5000,
  workers: [entry],
  fleet: [running(entry)],
  words: { hellos: new Map(), exits: new Map() },
  shipped: new Set(['0/0']),
  reportedUntil: {},
  readyTimeoutSeconds: 30,
  silentSeconds: 10,
  fleetSettleSeconds: 0,
  startAtMillis: startOfTime,
  ...overrides,
});

const hello: HelloDocument = {
  version: 1,
  runId: 'r1',
  shard: 0,
  attempt: 0,
  pid: 77,
  at: isoAt(1),
  epochs: 1,
  clockBoundMillis: 3,
};
const exit = (reason: ExitDocument['reason'], detail?: string): ExitDocument => ({
  version: 1,
  runId: 'r1',
  shard: 0,
  attempt: 0,
  at: isoAt(4),
  segments: 4,
  reason,
  ...(detail === undefined ? {} : { detail }),
});
const exited = (reason: ExitDocument['reason'], detail?: string) => ({
  words: { hellos: new Map<string, HelloDocument>(), exits: new Map([['0/0', exit(reason, detail)]]) },
});

const decide = (entry: RosterEntry, overrides: Partial<RosterSight> = {}) =>
  decideRoster(sight(entry, overrides))[0];

describe('roster decision', () => {
  it('takes a worker that said hello for ready', () => {
    const words = { hellos: new Map([['0/0', hello]]), exits: new Map() };
    expect(decide(anEntry({ state: 'launching', readyAt: null }), { words })).toMatchObject({
      state: 'ready',
      pid: 77,
      clockBoundMillis: 3,
      readyAt: isoAt(1),
    });
  });

  it.each(['finished', 'released', 'stopped'] as const)('believes a worker that says it has %s', (reason) => {
    const entry = decide(anEntry(), {
      ...exited(reason),
      fleet: [{ ...running(anEntry()), state: 'stopped' }],
    });
    expect(entry).toMatchObject({ state: reason, segments: 4, endedAt: isoAt(4) });
  });

  it.each([
    ['interrupted', undefined, 'interrupted'],
    ['lease expired', undefined, 'lease expired'],
    ['error', 'no memory', 'error: no memory'],
  ] as const)('counts a worker that ended by "%s" as lost', (reason, detail, text) => {
    expect(decide(anEntry(), exited(reason, detail))).toMatchObject({ state: 'lost', reason: text });
  });

  it('counts a worker that stopped without a word as lost, with the reason', () => {
    const fleet: FleetWorker[] = [{ ...running(anEntry()), state: 'stopped', stoppedReason: 'SIGKILL' }];
    expect(decide(anEntry(), { fleet })).toMatchObject({ state: 'lost', reason: 'SIGKILL' });
  });

  it('counts a worker that the fleet has forgotten as lost, but not one that was never launched', () => {
    expect(decide(anEntry(), { fleet: [] })).toMatchObject({ state: 'lost' });
    expect(decide(anEntry({ state: 'launching', workerId: null }), { fleet: [] })).toMatchObject({
      state: 'launching',
    });
  });

  it('counts silence since the start, or since the last segment', () => {
    const silent = { shipped: new Set<string>(), nowMillis: startOfTime + 10_001 };
    expect(decide(anEntry({ seenAt: isoAt(-60) }), silent)).toMatchObject({
      state: 'lost',
      reason: 'silent for 10 s',
    });
    expect(decide(anEntry({ seenAt: isoAt(1) }), silent)).toMatchObject({ state: 'ready' });
    expect(decide(anEntry({ seenAt: isoAt(-60) }), { ...silent, startAtMillis: undefined })).toMatchObject({
      state: 'ready',
    });
    expect(decide(anEntry({ seenAt: isoAt(-60) }), { nowMillis: startOfTime + 10_001 })).toMatchObject({
      state: 'ready',
      seenAt: isoAt(10.001),
    });
  });

  it('gives a starting worker the ready timeout', () => {
    const launching = anEntry({ state: 'launching', readyAt: null, launchedAt: isoAt(0) });
    expect(decide(launching, { nowMillis: startOfTime + 30_000 })).toMatchObject({ state: 'launching' });
    expect(decide(launching, { nowMillis: startOfTime + 30_001 })).toMatchObject({
      state: 'lost',
      reason: 'not ready within 30 s',
    });
  });

  it('leaves those alone whose story has ended', () => {
    for (const state of ['finished', 'released', 'stopped', 'lost'] as const) {
      expect(decide(anEntry({ state, reason: 'x' }), { fleet: [] })).toEqual(anEntry({ state, reason: 'x' }));
    }
  });
});

const entryArbitrary = fc.record({
  shard: fc.nat(3),
  attempt: fc.nat(5),
  state: fc.constantFrom('launching', 'ready', 'finished', 'released', 'stopped', 'lost'),
});

describe('replacements', () => {
  it('leave every shard with exactly one worker, finished, or given up; and never fill a place twice', () => {
    fc.assert(
      fc.property(
        fc.array(entryArbitrary, { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (overrides, shardCount) => {
          const workers = overrides
            .filter(
              (one, i) =>
                overrides.findIndex((other) => other.shard === one.shard && other.attempt === one.attempt) ===
                i,
            )
            .map((one) => anEntry(one));
          const { launch, exhausted } = planReplacements(workers, [firstEpoch(4)], shardCount, startOfTime);
          for (const place of launch) {
            expect(
              workers.some((entry) => entry.shard === place.shard && entry.attempt === place.attempt),
            ).toBe(false);
          }
          for (let shard = 0; shard < shardCount; shard++) {
            const latest = latestOf(workers, shard);
            const losses = workers.filter((entry) => entry.shard === shard && entry.state === 'lost').length;
            const served = latest !== undefined && (isWorking(latest) || latest.state === 'finished');
            const launched = launch.filter((place) => place.shard === shard).length;
            expect(launched).toBe(served || losses > mostReplacements ? 0 : 1);
            if (!served && losses > mostReplacements) expect(exhausted).toContainEqual(latest);
          }
        },
      ),
    );
  });
});
