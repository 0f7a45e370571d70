import type { Outcome } from '../stats/decide-verdict.ts';
import { runKeys } from './run-keys.ts';
import type { RunSummary } from './summary.ts';

/**
 * A row of the table `runs`: a run that has ended. Counts are of the whole run, arrivals for `scheduled`, `dropped` and
 * `missed`, requests for `completed` and `failed`; rates per second and latencies leave the warm-up out.
 */
export interface RunRow {
  readonly run_id: string;
  readonly plan: string;
  readonly target: string;
  readonly outcome: Outcome;
  /** ISO 8601, UTC; null when it never started. */
  readonly started_at: string | null;
  /** When its load ended. */
  readonly ended_at: string | null;
  readonly duration_seconds: number;
  readonly scheduled: number;
  readonly completed: number;
  readonly failed: number;
  readonly dropped: number;
  readonly missed: number;
  readonly offered_rate: number;
  readonly achieved_rate: number;
  readonly response_p50_millis: number | null;
  readonly response_p95_millis: number | null;
  readonly response_p99_millis: number | null;
  /** Those that took the place of a lost one are counted too. */
  readonly workers: number;
  /** Null where load costs nothing. */
  readonly cost_usd: number | null;
}

/** Pure: what the summary says, and nothing else, so that it is the same whenever it is made. */
export const runRowOf = (summary: RunSummary): RunRow => {
  const { runId, outcome, plan, startedAt, durationSeconds, requests, rate, workers, cost } = summary;
  const { response } = summary.latencyMillis;
  return {
    run_id: runId,
    plan: plan.name,
    target: plan.target,
    outcome,
    started_at: startedAt,
    ended_at:
      startedAt === null ? null : new Date(Date.parse(startedAt) + durationSeconds * 1000).toISOString(),
    duration_seconds: durationSeconds,
    scheduled: requests.scheduled,
    completed: requests.completed,
    failed: requests.failed,
    dropped: requests.dropped,
    missed: requests.missed,
    offered_rate: rate.offered,
    achieved_rate: rate.achieved,
    response_p50_millis: response?.p50 ?? null,
    response_p95_millis: response?.p95 ?? null,
    response_p99_millis: response?.p99 ?? null,
    workers: workers.length,
    cost_usd: cost?.usd ?? null,
  };
};

/** Of a run that never started, the year in which it was listed: its id begins with that instant. */
export const runRowKey = ({ runId, startedAt }: Pick<RunSummary, 'runId' | 'startedAt'>): string =>
  runKeys(runId).row(startedAt === null ? yearOfId(runId) : new Date(startedAt).getUTCFullYear());

/** The year of ids that were made otherwise is that of no run. */
const yearOfId = (runId: string): number => Number(/^(\d{4})\d{4}-\d{6}-/.exec(runId)?.[1] ?? 1970);
