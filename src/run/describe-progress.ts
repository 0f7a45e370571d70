import { arrivalSchedule } from '../plan/arrival-schedule.ts';
import { valueAt } from '../plan/load-shape.ts';
import type { Plan } from '../plan/plan.ts';
import { latencyOf, millisOf } from '../stats/latency.ts';
import { LatencyHistogram } from '../stats/latency-histogram.ts';
import type { SecondsSum } from '../stats/seconds-sum.ts';
import type { SecondTally, Tally } from '../stats/tally.ts';
import type { ControlDocument, RosterEntry } from './documents.ts';
import { latestOf } from './roster.ts';
import { loadEndSeconds } from './run-documents.ts';
import { workerName } from './run-keys.ts';
import type { RunPhase, RunProgress } from './run-progress.ts';

/** How many full seconds the recent figures cover. */
const recentSeconds = 3;

/** What can be known of a run from outside. */
export interface ProgressFacts {
  readonly runId: string;
  readonly plan: Plan;
  readonly control: ControlDocument | undefined;
  readonly workers: readonly RosterEntry[];
  /** Over the whole run so far. */
  readonly steps: Tally['steps'];
  readonly load: SecondsSum;
  /** At least those that `recentSpan` names. */
  readonly rows: ReadonlyMap<number, SecondTally>;
  readonly reportedUntil: ReadonlyMap<string, number>;
  readonly nowMillis: number;
}

/** Pure: what the facts look like to somebody who watches. */
export const describeProgress = (facts: ProgressFacts): RunProgress => {
  const { plan, control, workers, load } = facts;
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
      arrivals: load.arrived,
      started: load.started,
      completed: load.completed,
      failed: load.failed,
      dropped: load.dropped,
      response: overall(facts.steps, 'response'),
      service: overall(facts.steps, 'service'),
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

const overall = (steps: Tally['steps'], metric: 'response' | 'service') => {
  const merged = new LatencyHistogram(3);
  for (const step of steps.values()) merged.add(step[metric]);
  return latencyOf(merged);
};

/** The last full seconds that every working worker has reported. */
export const recentSpan = ({
  workers,
  reportedUntil,
}: Pick<ProgressFacts, 'workers' | 'reportedUntil'>): { readonly from: number; readonly until: number } => {
  const untils = workers
    .filter((entry) => entry.state === 'ready')
    .map((entry) => reportedUntil.get(workerName(entry)) ?? 0);
  const until = Math.floor(untils.length > 0 ? Math.min(...untils) : Math.max(0, ...reportedUntil.values()));
  return { from: Math.max(0, until - recentSeconds), until };
};

const recentFigures = (facts: ProgressFacts): RunProgress['recent'] => {
  const { from, until } = recentSpan(facts);
  const seconds = until - from;
  if (seconds <= 0) return null;
  const rows: SecondTally[] = [];
  for (let second = from; second < until; second++) {
    const row = facts.rows.get(second);
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
    inFlight: facts.rows.get(until - 1)?.inFlight ?? 0,
    p50Millis: millisAt(response, 50),
    p99Millis: millisAt(response, 99),
    serviceP50Millis: millisAt(service, 50),
    serviceP99Millis: millisAt(service, 99),
  };
};
