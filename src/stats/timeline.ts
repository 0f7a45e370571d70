import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip, createGzip } from 'node:zlib';
import { type Latency, latencyOf } from './latency.ts';
import type { SecondTally } from './tally.ts';

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
  readonly warmupSeconds: number;
}

const noRow: Pick<SecondTally, 'arrived' | 'dropped' | 'started' | 'completed' | 'failed'> = {
  arrived: 0,
  dropped: 0,
  started: 0,
  completed: 0,
  failed: 0,
};

/** The seconds from `from` on, before `to`, each with a row: a second without data is a row of zeros, not a gap. */
export const timelineRows = (
  seconds: ReadonlyMap<number, SecondTally>,
  plan: TimelinePlan,
  from: number,
  to: number,
): readonly TimelineRow[] => {
  const rows: TimelineRow[] = [];
  for (let second = from; second < to; second++) {
    const row = seconds.get(second);
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

/** Newline-delimited JSON, gzip; packed as it comes, since a long run's text is longer than a string may be. */
export const encodeTimeline = (
  parts: Iterable<readonly TimelineRow[]> | AsyncIterable<readonly TimelineRow[]>,
): Promise<Uint8Array> => {
  const text = async function* (): AsyncIterable<string> {
    for await (const rows of parts) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  };
  return buffer(Readable.from(text()).compose(createGzip()));
};

const secondOfLine = /"second":(\d+)/;

/** The rows from `from` on, before `to`, of what `encodeTimeline` has made; `whole` when there are none after them. */
export const readTimelineRows = async (
  body: Uint8Array,
  from: number,
  to: number,
): Promise<{ readonly rows: readonly TimelineRow[]; readonly whole: boolean }> => {
  const rows: TimelineRow[] = [];
  const lines = createInterface({ input: Readable.from([body]).compose(createGunzip()) });
  for await (const line of lines) {
    const second = Number(secondOfLine.exec(line)?.[1]);
    if (second >= to) return { rows, whole: false };
    if (second >= from) rows.push(JSON.parse(line));
  }
  return { rows, whole: true };
};
