import type { Outcome, Verdict } from '../stats/decide-verdict.ts';
import type { ThresholdResult } from '../stats/evaluate-thresholds.ts';
import type { Latency } from '../stats/latency.ts';

/**
 * What a run comes to: `runs/<runId>/summary.json`, and what `stormdrain run --json` prints. Latencies in
 * milliseconds with microsecond resolution; `null` where there was nothing to measure.
 */
export interface RunSummary {
  readonly version: 1;
  readonly runId: string;
  readonly outcome: Outcome;
  readonly plan: { readonly name: string; readonly target: string };
  readonly startedAt: string | null;
  readonly durationSeconds: number;
  readonly requests: RequestCounts;
  readonly rate: { readonly offered: number; readonly achieved: number };
  readonly latencyMillis: {
    readonly response: Latency | null;
    readonly service: Latency | null;
    readonly connect: Latency | null;
  };
  /** False for the closed model, whose response times hide the stalls of the target: "not corrected". */
  readonly corrected: boolean;
  readonly steps: readonly StepSummary[];
  readonly errors: readonly {
    readonly kind: string;
    readonly step: string;
    readonly count: number;
    readonly example: string;
  }[];
  readonly drops: readonly { readonly reason: string; readonly count: number }[];
  readonly thresholds: readonly ThresholdResult[];
  readonly verdict: Verdict;
  readonly generator: {
    readonly cpuSeconds: number;
    readonly requestsPerCpuSecond: number;
    readonly peakCpuFraction: number;
    readonly eventLoopLagMaxMillis: number;
    readonly sendLagMillis: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  };
  readonly workers: readonly WorkerSummary[];
  /** Changes made while it ran, in order. */
  readonly changes: readonly {
    readonly atSeconds: number;
    readonly shardCount: number;
    readonly rateScale: number;
  }[];
  /** Where the timeline is: an object key; the local command line prints it as a path. */
  readonly timeline: string;
}

/**
 * `scheduled`, `dropped` and `missed` count arrivals (closed model: iterations); `started`, `completed` and `failed`
 * count requests. scheduled = begun + dropped + missed; started = completed + failed + unfinished.
 */
export interface RequestCounts {
  readonly scheduled: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly dropped: number;
  readonly missed: number;
  /** Requests that were under way in a worker when it was lost: nobody knows how they ended. */
  readonly unfinished: number;
}

export interface StepSummary {
  readonly name: string;
  readonly completed: number;
  readonly failed: number;
  readonly latencyMillis: { readonly response: Latency | null; readonly service: Latency | null };
}

export interface WorkerSummary {
  readonly shard: number;
  readonly attempt: number;
  readonly pid: number | null;
  readonly state: 'finished' | 'released' | 'stopped' | 'lost' | 'unknown';
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The attempt that took the shard over. */
  readonly replacedBy: number | null;
  readonly reason: string | null;
}
