/**
 * The metric source port: numbers over time. Each call of `read` is one call of its API. Throws `CallThrottled`,
 * `MetricsUnavailable` when a call fails in a way that may pass, else `MetricsRefused`. Bucket: metricRead.
 */
export interface MetricSource {
  /** Queries that one call takes at most: 500 of CloudWatch, 1 of Prometheus. */
  readonly queriesPerCall: number;
  /** Points of whole periods that ended after `fromMillis` and until `toMillis`. A query that finds nothing gives no points. */
  read(queries: readonly MetricQuery[], window: MetricWindow, next?: string): Promise<MetricPage>;
}

export interface MetricWindow {
  /** Milliseconds since the epoch. */
  readonly fromMillis: number;
  readonly toMillis: number;
}

export type MetricQuery =
  | {
      readonly kind: 'cloudWatch';
      readonly namespace: string;
      readonly name: string;
      readonly dimensions: Readonly<Record<string, string>>;
      /** `Average`, `Sum`, `p90`, … */
      readonly statistic: string;
      readonly periodSeconds: number;
    }
  /** It must give one series. */
  | { readonly kind: 'prometheus'; readonly query: string; readonly periodSeconds: number };

export interface MetricPage {
  /** In the order of the queries, a part of each on every page. */
  readonly series: readonly MetricSeries[];
  /** Absent on the last page. */
  readonly next?: string;
  /**
   * The call was refused because of some of its queries, and which ones nobody says: each series has the failure. Asked for
   * in smaller parts, the others are answered.
   */
  readonly isDivisible?: true;
}

export interface MetricSeries {
  /** Ascending; `atMillis` is the end of the period. */
  readonly points: readonly { readonly atMillis: number; readonly value: number }[];
  /** Why there are none: this query alone was refused. */
  readonly failure?: string;
}
