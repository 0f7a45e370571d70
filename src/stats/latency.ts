import type { LatencyHistogram } from './latency-histogram.ts';

/** The usual figures of one population of latencies, in milliseconds with microsecond resolution. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly mean: number;
}

export const millisOf = (micros: number): number => Math.round(micros) / 1000;

/** Null when nothing was recorded. */
export const latencyOf = (histogram: LatencyHistogram): Latency | null => {
  if (histogram.count === 0) return null;
  const at = (percentile: number): number => millisOf(histogram.percentileMicros(percentile) ?? 0);
  return {
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: at(100),
    mean: millisOf(histogram.meanMicros() ?? 0),
  };
};
