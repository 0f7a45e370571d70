import type { Outcome } from '../stats/decide-verdict.ts';
import type { Latency } from '../stats/latency.ts';

/** A run as it looks right now: what the live display and `watch` show. */
export interface RunProgress {
  readonly runId: string;
  readonly phase: RunPhase;
  readonly outcome?: Outcome;
  /** Seconds since the start instant; negative until then, undefined while workers are launched. */
  readonly elapsedSeconds?: number;
  readonly durationSeconds: number;
  /** Arrivals per second asked for right now (open model), or users wanted (closed). */
  readonly asked: number;
  readonly model: 'open' | 'closed';
  /** Over the last full seconds that every worker has reported. */
  readonly recent: {
    readonly seconds: number;
    readonly startedPerSecond: number;
    readonly completedPerSecond: number;
    readonly failedPerSecond: number;
    readonly inFlight: number;
    readonly p50Millis: number | null;
    readonly p99Millis: number | null;
  } | null;
  /** Over the whole run so far. */
  readonly totals: {
    readonly arrivals: number;
    readonly started: number;
    readonly completed: number;
    readonly failed: number;
    readonly dropped: number;
    readonly response: Latency | null;
  };
  readonly workers: { readonly wanted: number; readonly ready: number; readonly lost: number };
  readonly rateScale: number;
}

export type RunPhase = 'launching' | 'waiting for workers' | 'starting' | 'running' | 'finishing' | 'ended';
