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
    /** Response and service time of successful requests. */
    readonly p50Millis: number | null;
    readonly p99Millis: number | null;
    readonly serviceP50Millis: number | null;
    readonly serviceP99Millis: number | null;
  } | null;
  /** Over the whole run so far, warm-up included but for the times. */
  readonly totals: {
    readonly arrivals: number;
    readonly started: number;
    readonly completed: number;
    readonly failed: number;
    readonly dropped: number;
    readonly response: Latency | null;
    readonly service: Latency | null;
  };
  readonly workers: { readonly wanted: number; readonly ready: number; readonly lost: number };
  readonly rateScale: number;
  /** Set once the run was asked to stop, or is ended early by a condition of its plan. */
  readonly ending?: { readonly by: 'stop' | 'abort'; readonly reason: string };
}

export type RunPhase =
  | 'launching'
  | 'waiting for workers'
  | 'starting'
  | 'warming up'
  | 'running'
  | 'finishing'
  | 'ended';
