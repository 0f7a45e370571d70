import { describe, expect, it } from 'vitest';
import { decideObservation, type RunSight } from '../../src/run/decide-observation.ts';
import type { ExitDocument } from '../../src/run/documents.ts';
import { aControl, anEntry, aPlan, isoAt, startOfTime } from './builders.ts';

const two = [anEntry({ shard: 0 }), anEntry({ shard: 1 })];

const sight = (overrides: Partial<RunSight> & { at?: number } = {}): RunSight => ({
  nowMillis: startOfTime + (overrides.at ?? 5) * 1000,
  plan: aPlan(),
  control: aControl(),
  workers: two,
  fleet: (overrides.workers ?? two).map((entry) => ({
    shard: entry.shard,
    attempt: entry.attempt,
    workerId: entry.workerId ?? '',
    state: 'running',
  })),
  words: { hellos: new Map(), exits: new Map() },
  fleetSettleSeconds: 0,
  shipped: new Set((overrides.workers ?? two).map((entry) => `${entry.shard}/${entry.attempt}`)),
  reportedUntil: {},
  ...overrides,
});

const stoppedBy = (reason: string, shards: readonly number[]) =>
  two.map((entry) => ({
    shard: entry.shard,
    attempt: 0,
    workerId: entry.workerId ?? '',
    ...(shards.includes(entry.shard)
      ? { state: 'stopped' as const, stoppedReason: reason }
      : { state: 'running' as const }),
  }));

const exitOf = (reason: ExitDocument['reason'], detail: string): ExitDocument => ({
  version: 1,
  runId: 'r1',
  shard: 1,
  attempt: 0,
  at: isoAt(1),
  segments: 0,
  reason,
  detail,
});

describe('observation', () => {
  it('leaves a healthy run alone', () => {
    expect(decideObservation(sight())).toMatchObject({ launch: [], dismiss: [], over: false });
  });

  it('replaces a lost worker, and both when both are lost', () => {
    expect(decideObservation(sight({ fleet: stoppedBy('SIGKILL', [1]) })).launch).toEqual([
      { shard: 1, attempt: 1 },
    ]);
    expect(decideObservation(sight({ fleet: stoppedBy('SIGKILL', [0, 1]) })).launch).toEqual([
      { shard: 0, attempt: 1 },
      { shard: 1, attempt: 1 },
    ]);
  });

  it.each([5, 19.5])('replaces nobody when a worker refuses the plan, at second %d', (at) => {
    const detail = "tls: own.pem can't be used";
    const refused = { ...sight().words, exits: new Map([['1/0', exitOf('plan refused', detail)]]) };
    const decision = decideObservation(sight({ at, words: refused, fleet: stoppedBy('exit code 0', [1]) }));
    expect(decision).toMatchObject({ launch: [], refusal: detail, over: false });
    expect(decision.workers[1]).toMatchObject({ state: 'lost', reason: `plan refused: ${detail}` });
  });

  it('replaces nobody when the load is over, and ends when nobody works any more', () => {
    const ending = decideObservation(sight({ at: 19.5, fleet: stoppedBy('SIGKILL', [0, 1]) }));
    expect(ending).toMatchObject({ launch: [], over: true });
    expect(decideObservation(sight({ at: 25 }))).toMatchObject({ over: false });
    const finished = two.map((entry) => ({ ...entry, state: 'finished' as const }));
    expect(decideObservation(sight({ at: 20.1, workers: finished }))).toMatchObject({ over: true });
  });

  it('ends although a worker never does, and says so of it', () => {
    const decision = decideObservation(sight({ at: 20 + 30 + 11 }));
    expect(decision.over).toBe(true);
    expect(decision.workers[0]).toMatchObject({ state: 'lost', reason: 'it did not end with the run' });
  });

  it('stops a silent worker before its shard is taken over', () => {
    const silent = decideObservation(sight({ at: 15, shipped: new Set(['0/0']) }));
    expect(silent.dismiss.map((entry) => entry.workerId)).toEqual(['w-1-0']);
    expect(silent.launch).toEqual([{ shard: 1, attempt: 1 }]);
  });

  it('launches added workers first, and changes the epoch when they are ready', () => {
    const control = aControl({ wantedWorkers: 3 });
    const first = decideObservation(sight({ control }));
    expect(first.launch).toEqual([{ shard: 2, attempt: 0 }]);
    expect(first.shardCount).toBeUndefined();
    const launching = [...two, anEntry({ shard: 2, state: 'launching' })];
    expect(decideObservation(sight({ control, workers: launching })).shardCount).toBeUndefined();
    expect(decideObservation(sight({ control, workers: [...two, anEntry({ shard: 2 })] })).shardCount).toBe(
      3,
    );
  });

  it('releases workers at once', () => {
    expect(decideObservation(sight({ control: aControl({ wantedWorkers: 1 }) })).shardCount).toBe(1);
  });

  it('gives up when a shard keeps losing its worker', () => {
    const workers = [
      anEntry({ shard: 0 }),
      ...[0, 1, 2, 3].map((attempt) => anEntry({ shard: 1, attempt, state: 'lost' })),
    ];
    expect(decideObservation(sight({ workers })).exhausted).toMatchObject({ shard: 1, attempt: 3 });
  });

  it('is over after a stop as soon as the workers are gone', () => {
    const control = aControl({
      stop: { reason: 'enough', requestedAt: '' },
      epochs: [...aControl().epochs, { fromInstant: 6, firstArrival: 1200, shardCount: 2, rateScale: 0 }],
    });
    expect(decideObservation(sight({ at: 7, control }))).toMatchObject({ over: false, launch: [] });
    const stopped = two.map((entry) => ({ ...entry, state: 'stopped' as const }));
    expect(decideObservation(sight({ at: 7, control, workers: stopped }))).toMatchObject({ over: true });
    expect(decideObservation(sight({ at: 6 + 1 + 11, control }))).toMatchObject({ over: true });
  });

  it('stops on every look whom it has counted out, should the look before have failed to', () => {
    const lost = anEntry({ shard: 1, state: 'lost', reason: 'silent for 11 s' });
    const workers = [anEntry({ shard: 0 }), lost, anEntry({ shard: 1, attempt: 1 })];
    expect(decideObservation(sight({ workers })).dismiss).toEqual([lost]);
  });

  it('launches anew for a shard whose worker is leaving, and waits for that one', () => {
    const epochs = [
      { fromInstant: 0, firstArrival: 0, shardCount: 4, rateScale: 1 },
      { fromInstant: 4, firstArrival: 800, shardCount: 2, rateScale: 1 },
    ];
    const control = aControl({ epochs, wantedWorkers: 4 });
    const four = [0, 1, 2, 3].map((shard) => anEntry({ shard }));
    const again = decideObservation(sight({ control, workers: four }));
    expect(again.launch).toEqual([
      { shard: 2, attempt: 1 },
      { shard: 3, attempt: 1 },
    ]);
    expect(again.shardCount).toBeUndefined();
    const next = [2, 3].map((shard) => anEntry({ shard, attempt: 1, epochs: 2 }));
    expect(decideObservation(sight({ control, workers: [...four, ...next] })).shardCount).toBe(4);
  });

  it('releases a worker that was asked for and is not wanted any more before it had a part', () => {
    const spare = anEntry({ shard: 2 });
    const decision = decideObservation(sight({ workers: [...two, spare] }));
    expect(decision.workers[2]).toMatchObject({ state: 'released' });
    expect(decision.dismiss).toMatchObject([{ shard: 2 }]);
  });

  it('gives an added worker up that can not be had, and goes on with the others', () => {
    const control = aControl({ wantedWorkers: 3 });
    const failed = [0, 1, 2, 3].map((attempt) => anEntry({ shard: 2, attempt, state: 'lost' }));
    const decision = decideObservation(sight({ control, workers: [...two, ...failed] }));
    expect(decision).toMatchObject({ withdraw: true, launch: [], over: false });
    expect(decision.exhausted).toBeUndefined();
  });

  it('forgives losses that lie far back', () => {
    const old = [0, 1, 2, 3].map((attempt) =>
      anEntry({ shard: 1, attempt, state: 'lost', launchedAt: isoAt(-9000), endedAt: isoAt(-7000) }),
    );
    expect(decideObservation(sight({ workers: [anEntry({ shard: 0 }), ...old] })).launch).toEqual([
      { shard: 1, attempt: 4 },
    ]);
  });

  it('lets a stop that comes after the load have its time', () => {
    const control = aControl({
      stop: { reason: 'enough', requestedAt: '' },
      epochs: [...aControl().epochs, { fromInstant: 45, firstArrival: 4000, shardCount: 2, rateScale: 0 }],
    });
    const patient = aPlan({ finishSeconds: 60 });
    expect(decideObservation(sight({ at: 46, control, plan: patient })).over).toBe(false);
    expect(decideObservation(sight({ at: 57, control, plan: patient })).over).toBe(true);
  });
});
