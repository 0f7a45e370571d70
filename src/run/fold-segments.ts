import { DocumentInvalidError } from '../errors.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';
import { mergeSegment, type Segment } from '../stats/segment.ts';
import type { Tally } from '../stats/tally.ts';
import { forEachAtOnce, readsAtOnce } from './for-each-at-once.ts';
import { runKeys, workerName } from './run-keys.ts';

/** By worker: the first segment that is not folded yet. A worker's segments are folded in order, so this says it all. */
export type Watermark = Readonly<Record<string, number>>;

export interface Fold {
  readonly watermark: Watermark;
  /** Workers of which at least one segment was folded. */
  readonly shipped: ReadonlySet<string>;
  /** Up to which second each of them has reported. */
  readonly reportedUntil: ReadonlyMap<string, number>;
}

/** One step folds so many at most, of each worker alike; the next step goes on. A segment takes about 2 ms of CPU. */
const mostAtOnce = 4000;
const mostPerWorker = 100;

/** `segments`: how many there are of it in all, when it has said so. */
type Shipper = WorkerPlace & { readonly segments?: number | null };

/** Adds the segments that have come since the watermark to `into`. A late one is simply found by a later fold. */
export const foldSegments = async (
  store: ObjectStore,
  runId: string,
  workers: readonly Shipper[],
  watermark: Watermark,
  into: Tally,
): Promise<Fold> => {
  const next: Record<string, number> = { ...watermark };
  const shipped = new Set<string>();
  const reportedUntil = new Map<string, number>();
  const most = Math.min(mostPerWorker, Math.max(4, Math.floor(mostAtOnce / workers.length)));
  const due = workers.filter((worker) => (next[workerName(worker)] ?? 0) < (worker.segments ?? Infinity));
  await forEachAtOnce(due, readsAtOnce, async (worker) => {
    const name = workerName(worker);
    for (let folded = 0; folded < most; folded++) {
      const seq = next[name] ?? 0;
      const segment = await foldSegment(store, runKeys(runId).segment(worker, seq), into);
      if (segment === undefined) return;
      next[name] = seq + 1;
      shipped.add(name);
      reportedUntil.set(name, segment.toSeconds);
    }
  });
  return { watermark: next, shipped, reportedUntil };
};

/** Undefined when it isn't there, or can't be read: it is missing then, and the rest of the run keeps its figures. */
export const foldSegment = async (
  store: ObjectStore,
  key: string,
  into: Tally,
): Promise<Omit<Segment, 'tally'> | undefined> => {
  const got = await store.get(key);
  if (got.kind !== 'found') return undefined;
  try {
    return mergeSegment(into, got.body, key);
  } catch (error) {
    if (error instanceof DocumentInvalidError) return undefined;
    throw error;
  }
};
