import { createHash } from 'node:crypto';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';

/** Where a run's objects lie (see DESIGN "Objects"). Numbers in keys are padded, so that listing them is in order. */
const padded = (value: number): string => String(value).padStart(6, '0');

/** Later instants sort first: 10^13 ms is the year 2286. */
const inverted = (epochMillis: number): string => String(9_999_999_999_999 - epochMillis).padStart(13, '0');

export const indexPrefix = 'runs/index/';

export const runKeys = (runId: string) => {
  const run = `runs/${runId}`;
  const place = ({ shard, attempt }: WorkerPlace): string => `${padded(shard)}/${padded(attempt)}`;
  return {
    index: (createdAtMillis: number) => `${indexPrefix}${inverted(createdAtMillis)}-${runId}.json`,
    plan: `${run}/plan.json`,
    control: `${run}/control.json`,
    lease: `${run}/lease.json`,
    roster: `${run}/roster.json`,
    summary: `${run}/summary.json`,
    workers: `${run}/workers/`,
    hello: (worker: WorkerPlace) => `${run}/workers/${place(worker)}/hello.json`,
    exit: (worker: WorkerPlace) => `${run}/workers/${place(worker)}/exit.json`,
    capacity: `${run}/capacity.json`,
    told: `${run}/summary-told.json`,
    segmentsOf: (worker: WorkerPlace) => `${run}/segments/${place(worker)}/`,
    segment: (worker: WorkerPlace, seq: number) => `${run}/segments/${place(worker)}/${padded(seq)}.json.gz`,
    rollups: `${run}/rollup/`,
    rollup: (number: number) => `${run}/rollup/${padded(number)}.json.gz`,
    rows: (scenario: number) => `${run}/rows/${padded(scenario)}.json`,
    row: (year: number) => `tables/runs/year=${year}/${runId}.json.gz`,
    timeline: (startedAt: Date) => `tables/run_timeline/year=${startedAt.getUTCFullYear()}/${runId}.json.gz`,
  };
};

export interface SegmentName extends WorkerPlace {
  readonly seq: number;
}

const segmentKey = /\/segments\/(\d+)\/(\d+)\/(\d+)\.json\.gz$/;

/** Undefined for a key that isn't a segment's. */
export const parseSegmentKey = (key: string): SegmentName | undefined => {
  const match = segmentKey.exec(key);
  return match === null
    ? undefined
    : { shard: Number(match[1]), attempt: Number(match[2]), seq: Number(match[3]) };
};

/** The run and the instant that a key of the list of runs stands for. Undefined for any other key. */
export const parseIndexKey = (
  key: string,
): { readonly runId: string; readonly createdAtMillis: number } | undefined => {
  const match = /^runs\/index\/(\d{13})-([A-Za-z0-9-]+)\.json$/.exec(key);
  return match === null
    ? undefined
    : { runId: match[2] as string, createdAtMillis: 9_999_999_999_999 - Number(match[1]) };
};

export const idempotencyKey = (key: string): string =>
  `idempotency/${createHash('sha256').update(key).digest('hex')}.json`;

/** The worker a `hello` or `exit` key belongs to. */
export const parseWorkerKey = (key: string): (WorkerPlace & { readonly document: string }) | undefined => {
  const match = /\/workers\/(\d+)\/(\d+)\/(\w+)\.json$/.exec(key);
  return match === null
    ? undefined
    : { shard: Number(match[1]), attempt: Number(match[2]), document: match[3] as string };
};

/** How a worker is named in documents and messages: `shard/attempt`. */
export const workerName = (worker: WorkerPlace): string => `${worker.shard}/${worker.attempt}`;
