import { gzipSync } from 'node:zlib';
import { type Latency, latencyOf } from './latency.ts';
import type { SecondTally, Tally } from './tally.ts';

/**
 * A row of the table `run_timeline`: per run, second and step. `step` null: all steps together, with latencies; a
 * named step has its counts. The host, container and app columns are filled when those figures are collected.
 */
export interface TimelineRow {
  readonly run_id: string;
  /** ISO 8601, UTC, the second's start. */
  readonly time: string;
  readonly second: number;
  readonly step: string | null;
  /** The second begins in the warm-up. */
  readonly warmup: boolean;
  readonly scheduled: number | null;
  readonly arrived: number | null;
  readonly dropped: number | null;
  readonly missed: number | null;
  readonly started: number | null;
  readonly completed: number;
  readonly failed: number;
  /** Requests under way at the second's end. */
  readonly in_flight: number | null;
  readonly bytes_sent: number | null;
  readonly bytes_received: number | null;
  readonly response_millis: Latency | null;
  readonly service_millis: Latency | null;
  readonly shard_count: number | null;
  readonly rate_scale: number | null;
  readonly generator_cpu_fraction: number | null;
  readonly generator_loop_lag_millis: number | null;
  readonly host: string | null;
  readonly container: string | null;
  readonly app: string | null;
}

/** What the timeline needs to know of the plan: what each second was meant to be. */
export interface TimelinePlan {
  readonly runId: string;
  readonly startAtMillis: number;
  /** Arrivals due in that second; null for the closed model, which schedules none. */
  scheduledIn(second: number): number | null;
  changesAt(second: number): { readonly shardCount: number; readonly rateScale: number };
  readonly loadSeconds: number;
  readonly warmupSeconds: number;
}

const noRow: Pick<SecondTally, 'arrived' | 'dropped' | 'started' | 'completed' | 'failed'> = {
  arrived: 0,
  dropped: 0,
  started: 0,
  completed: 0,
  failed: 0,
};

/** Every second from 0 to the last with load or an answer; a second without data is a row of zeros, not a gap. */
export const timelineRows = (tally: Tally, plan: TimelinePlan): readonly TimelineRow[] => {
  let last = Math.ceil(plan.loadSeconds) - 1;
  for (const second of tally.seconds.keys()) last = Math.max(last, second);
  const rows: TimelineRow[] = [];
  for (let second = 0; second <= last; second++) {
    const row = tally.seconds.get(second);
    const counts = row ?? noRow;
    const scheduled = plan.scheduledIn(second);
    const { shardCount, rateScale } = plan.changesAt(second);
    const common = {
      run_id: plan.runId,
      time: new Date(plan.startAtMillis + second * 1000).toISOString(),
      second,
      warmup: second < plan.warmupSeconds,
      host: null,
      container: null,
      app: null,
    };
    rows.push({
      ...common,
      step: null,
      scheduled: scheduled ?? counts.arrived + counts.dropped,
      arrived: counts.arrived,
      dropped: counts.dropped,
      missed: scheduled === null ? 0 : Math.max(0, scheduled - counts.arrived - counts.dropped),
      started: counts.started,
      completed: counts.completed,
      failed: counts.failed,
      in_flight: row?.inFlight ?? 0,
      bytes_sent: row?.bytesSent ?? 0,
      bytes_received: row?.bytesReceived ?? 0,
      response_millis: row === undefined ? null : latencyOf(row.response),
      service_millis: row === undefined ? null : latencyOf(row.service),
      shard_count: shardCount,
      rate_scale: rateScale,
      generator_cpu_fraction: row?.cpuFraction ?? null,
      generator_loop_lag_millis: row === undefined ? null : row.eventLoopLagMicros / 1000,
    });
    for (const [step, stepCounts] of row?.steps ?? [])
      rows.push({ ...common, ...stepRow, step, ...stepCounts });
  }
  return rows;
};

const stepRow = {
  scheduled: null,
  arrived: null,
  dropped: null,
  missed: null,
  started: null,
  in_flight: null,
  bytes_sent: null,
  bytes_received: null,
  response_millis: null,
  service_millis: null,
  shard_count: null,
  rate_scale: null,
  generator_cpu_fraction: null,
  generator_loop_lag_millis: null,
};

/** Newline-delimited JSON, gzip. */
export const encodeTimeline = (rows: readonly TimelineRow[]): Uint8Array =>
  gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
