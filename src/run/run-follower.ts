import { arrivalSchedule } from '../plan/arrival-schedule.ts';
import { valueAt } from '../plan/load-shape.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WallClock } from '../platform/ports/wall-clock.ts';
import { latencyOf, millisOf } from '../stats/latency.ts';
import { LatencyHistogram } from '../stats/latency-histogram.ts';
import { mergeTally } from '../stats/merge-tally.ts';
import { emptyTally, type SecondTally, type Tally } from '../stats/tally.ts';
import type { ControlDocument, RosterEntry } from './documents.ts';
import { foldSegments, type Watermark } from './fold-segments.ts';
import { readSummary } from './reap-run.ts';
import { latestOf, readRoster } from './roster.ts';
import { loadEndSeconds, readControl, readPlan } from './run-documents.ts';
import { workerName } from './run-keys.ts';
import type { RunPhase, RunProgress } from './run-progress.ts';

/** How many full seconds the recent figures cover. */
const recentSeconds = 3;
/** Rows this much older than the newest are only summed: no figure looks at them, and a run may last for days. */
const keptSeconds = 120;

/** Follows one run from outside, reading each of its segments once. */
export class RunFollower {
  readonly #ports: { readonly store: ObjectStore; readonly clock: WallClock };
  readonly #runId: string;
  readonly #tally: Tally = emptyTally();
  /** Of the rows that are no longer kept. */
  #past: Totals = noTotals;
  #watermark: Watermark = {};
  readonly #reportedUntil = new Map<string, number>();
  #plan: Plan | undefined;

  constructor(ports: { readonly store: ObjectStore; readonly clock: WallClock }, runId: string) {
    this.#ports = ports;
    this.#runId = runId;
  }

  /** The run as it looks now. Throws `RunNotFound`. */
  async look(): Promise<RunProgress> {
    const { store, clock } = this.#ports;
    this.#plan ??= await readPlan(store, this.#runId);
    const control = await readControl(store, this.#runId);
    const workers = (await readRoster(store, this.#runId))?.value.workers ?? [];
    const fold = await foldSegments(store, this.#runId, workers, this.#watermark);
    mergeTally(this.#tally, fold.tally);
    this.#watermark = fold.watermark;
    for (const [worker, until] of fold.reportedUntil) this.#reportedUntil.set(worker, until);
    this.#past = letOldRowsGo(this.#tally, this.#past);
    const summary = await readSummary(store, this.#runId);
    const progress = describeProgress({
      runId: this.#runId,
      plan: this.#plan,
      control,
      workers,
      tally: this.#tally,
      past: this.#past,
      reportedUntil: this.#reportedUntil,
      nowMillis: clock.nowMillis(),
    });
    return summary === undefined ? progress : { ...progress, phase: 'ended', outcome: summary.outcome };
  }
}

interface ProgressFacts {
  readonly runId: string;
  readonly plan: Plan;
  readonly control: ControlDocument | undefined;
  readonly workers: readonly RosterEntry[];
  readonly tally: Tally;
  readonly past: Totals;
  readonly reportedUntil: ReadonlyMap<string, number>;
  readonly nowMillis: number;
}

/** Pure: what the facts look like to somebody who watches. */
export const describeProgress = (facts: ProgressFacts): RunProgress => {
  const { plan, control, workers, tally } = facts;
  const startAtMillis = control?.startAtMillis;
  const elapsedSeconds = startAtMillis === undefined ? undefined : (facts.nowMillis - startAtMillis) / 1000;
  const wanted = control?.epochs.at(-1)?.shardCount ?? plan.workers.count;
  const rateScale =
    control?.epochs.findLast((epoch) => epoch.fromInstant <= (elapsedSeconds ?? 0))?.rateScale ?? 1;
  const shards = Array.from({ length: wanted }, (_, shard) => latestOf(workers, shard));
  return {
    runId: facts.runId,
    phase: phaseOf(facts, elapsedSeconds),
    ...(elapsedSeconds === undefined ? {} : { elapsedSeconds }),
    durationSeconds: control === undefined ? arrivalSeconds(plan) : loadEndSeconds(plan, control),
    asked: elapsedSeconds === undefined ? 0 : valueAt(plan.load.stages, elapsedSeconds) * rateScale,
    model: plan.load.model,
    recent: recentFigures(facts),
    totals: {
      ...totalsOf(tally.seconds.values(), facts.past),
      response: overall(tally, 'response'),
      service: overall(tally, 'service'),
    },
    workers: {
      wanted,
      ready: shards.filter((entry) => entry?.state === 'ready').length,
      lost: workers.filter((entry) => entry.state === 'lost').length,
    },
    rateScale,
    ...(control?.stop === undefined
      ? {}
      : {
          ending: {
            by: control.stop.abort === undefined ? ('stop' as const) : ('abort' as const),
            reason: control.stop.reason,
          },
        }),
  };
};

const arrivalSeconds = (plan: Plan): number =>
  arrivalSchedule(plan, [{ fromInstant: 0, firstArrival: 0, shardCount: 1, rateScale: 1 }]).seconds;

const phaseOf = ({ plan, control, workers }: ProgressFacts, elapsedSeconds: number | undefined): RunPhase => {
  if (control === undefined || workers.length === 0) return 'launching';
  if (elapsedSeconds === undefined) return 'waiting for workers';
  if (elapsedSeconds < 0) return 'starting';
  if (elapsedSeconds >= loadEndSeconds(plan, control)) return 'finishing';
  return elapsedSeconds < plan.warmupSeconds ? 'warming up' : 'running';
};

type Totals = Pick<RunProgress['totals'], 'arrivals' | 'started' | 'completed' | 'failed' | 'dropped'>;

const noTotals: Totals = { arrivals: 0, started: 0, completed: 0, failed: 0, dropped: 0 };

const totalsOf = (rows: Iterable<SecondTally>, past: Totals): Totals => {
  const totals = { ...past };
  for (const row of rows) {
    totals.arrivals += row.arrived;
    totals.started += row.started;
    totals.completed += row.completed;
    totals.failed += row.failed;
    totals.dropped += row.dropped;
  }
  return totals;
};

/** Takes old rows out of the tally; returns the totals with them. A late one is summed at the next look. */
const letOldRowsGo = ({ seconds, warmup }: Tally, past: Totals): Totals => {
  let newest = 0;
  for (const second of seconds.keys()) newest = Math.max(newest, second);
  const old = [...seconds.keys()].filter((second) => second < newest - keptSeconds);
  const rows = old.flatMap((second) => seconds.get(second) ?? []);
  for (const second of old) seconds.delete(second);
  warmup.clear();
  return totalsOf(rows, past);
};

const overall = (tally: Tally, metric: 'response' | 'service') => {
  const merged = new LatencyHistogram(3);
  for (const step of tally.steps.values()) merged.add(step[metric]);
  return latencyOf(merged);
};

/** Over the last full seconds that every working worker has reported. */
const recentFigures = ({ workers, tally, reportedUntil }: ProgressFacts): RunProgress['recent'] => {
  const untils = workers
    .filter((entry) => entry.state === 'ready')
    .map((entry) => reportedUntil.get(workerName(entry)) ?? 0);
  const until = Math.floor(untils.length > 0 ? Math.min(...untils) : Math.max(0, ...reportedUntil.values()));
  const from = Math.max(0, until - recentSeconds);
  const seconds = until - from;
  if (seconds <= 0) return null;
  const rows: SecondTally[] = [];
  for (let second = from; second < until; second++) {
    const row = tally.seconds.get(second);
    if (row !== undefined) rows.push(row);
  }
  const response = new LatencyHistogram(2);
  const service = new LatencyHistogram(2);
  for (const row of rows) {
    response.add(row.response);
    service.add(row.service);
  }
  const rate = (pick: (row: SecondTally) => number): number =>
    rows.reduce((sum, row) => sum + pick(row), 0) / seconds;
  const millisAt = (histogram: LatencyHistogram, percentile: number): number | null => {
    const micros = histogram.percentileMicros(percentile);
    return micros === null ? null : millisOf(micros);
  };
  return {
    seconds,
    startedPerSecond: rate((row) => row.started),
    completedPerSecond: rate((row) => row.completed),
    failedPerSecond: rate((row) => row.failed),
    inFlight: tally.seconds.get(until - 1)?.inFlight ?? 0,
    p50Millis: millisAt(response, 50),
    p99Millis: millisAt(response, 99),
    serviceP50Millis: millisAt(service, 50),
    serviceP99Millis: millisAt(service, 99),
  };
};
