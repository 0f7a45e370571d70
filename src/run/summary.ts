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
  /** Of the whole run, warm-up included. */
  readonly requests: RequestCounts;
  /** The part of `requests` that was due in the warm-up; null for a plan without one. */
  readonly warmup: WarmupCounts | null;
  /** Arrivals offered and requests completed per second, without the warm-up, as all times, steps and thresholds. */
  readonly rate: { readonly offered: number; readonly achieved: number };
  readonly latencyMillis: {
    readonly response: Latency | null;
    readonly service: Latency | null;
    readonly connect: Latency | null;
  };
  /** False for the closed model, whose response times hide the stalls of the target: "not corrected". */
  readonly corrected: boolean;
  readonly steps: readonly StepSummary[];
  /** Of the whole run, warm-up included. */
  readonly errors: readonly {
    readonly kind: string;
    readonly step: string;
    readonly count: number;
    readonly example: string;
  }[];
  readonly drops: readonly { readonly reason: string; readonly count: number }[];
  readonly thresholds: readonly ThresholdResult[];
  readonly verdict: Verdict;
  readonly generator: GeneratorSummary;
  readonly workers: readonly WorkerSummary[];
  /** Changes made while it ran, in order. */
  readonly changes: readonly {
    readonly atSeconds: number;
    readonly shardCount: number;
    readonly rateScale: number;
  }[];
  /** Where the timeline is: an object key; the local command line prints it as a path. Null: the run never started. */
  readonly timeline: string | null;
  /** What its workers cost until the run was summed up; null where load costs nothing. Absent in older summaries. */
  readonly cost?: {
    readonly usd: number;
    readonly workerSeconds: number;
    /** The part of it that ran on spot capacity. */
    readonly spotSeconds: number;
  } | null;
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

/** `seconds` is how much of the warm-up was played. */
export interface WarmupCounts {
  readonly seconds: number;
  readonly scheduled: number;
  readonly completed: number;
  readonly failed: number;
  readonly dropped: number;
}

export interface StepSummary {
  readonly name: string;
  readonly completed: number;
  readonly failed: number;
  readonly latencyMillis: {
    readonly response: Latency | null;
    readonly service: Latency | null;
    /** Response times of the requests that failed: to the instant at which they did. */
    readonly failed: Latency | null;
  };
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

/** How the generator itself was doing. */
export interface GeneratorSummary {
  /** Of all workers, everything they did. */
  readonly cpuSeconds: number;
  readonly requestsPerCpuSecond: number;
  /** Of one core, by the busiest thread in its busiest second, without spinning. */
  readonly peakCpuFraction: number;
  readonly eventLoopLagMaxMillis: number;
  /** Pauses for garbage collection, all threads' together and the longest one. */
  readonly gc: { readonly totalMillis: number; readonly longestMillis: number };
  /** Of the worker that had most. */
  readonly peakMemoryBytes: number;
  readonly peakSockets: number;
  /** What waiting for instants without letting go has cost; null unless the plan is `precise`. */
  readonly spinCpuSeconds: number | null;
  /** A row for each engine thread; `event loop` is the time its loop was at work, where CPU time can't be known. */
  readonly threads: readonly {
    /** `shard/attempt`. */
    readonly worker: string;
    readonly thread: number;
    readonly cpuSeconds: number;
    readonly measuredBy: 'cpu' | 'event loop';
  }[];
  readonly sendLagMillis: { readonly p50: number; readonly p99: number; readonly max: number } | null;
}
