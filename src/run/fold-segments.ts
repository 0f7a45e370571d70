import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';
import { mergeTally } from '../stats/merge-tally.ts';
import { decodeSegment } from '../stats/segment.ts';
import { emptyTally, type Tally } from '../stats/tally.ts';
import { runKeys, workerName } from './run-keys.ts';

/** By worker: the first segment that is not folded yet. A worker's segments are folded in order, so this says it all. */
export type Watermark = Readonly<Record<string, number>>;

export interface Fold {
  readonly tally: Tally;
  readonly watermark: Watermark;
  /** Workers of which at least one segment was folded. */
  readonly shipped: ReadonlySet<string>;
  /** Up to which second each of them has reported. */
  readonly reportedUntil: ReadonlyMap<string, number>;
}

/** One step folds so many of a worker's segments at most; the next step goes on. */
const mostPerWorker = 100;
const readersAtOnce = 16;

/** Merges the segments that have come since the watermark. A late one is simply found by a later fold. */
export const foldSegments = async (
  store: ObjectStore,
  runId: string,
  workers: readonly WorkerPlace[],
  watermark: Watermark,
): Promise<Fold> => {
  const tally = emptyTally();
  const next: Record<string, number> = { ...watermark };
  const shipped = new Set<string>();
  const reportedUntil = new Map<string, number>();
  const waiting = [...workers];
  const foldWorker = async (worker: WorkerPlace): Promise<void> => {
    const name = workerName(worker);
    for (let folded = 0; folded < mostPerWorker; folded++) {
      const seq = next[name] ?? 0;
      const key = runKeys(runId).segment(worker, seq);
      const got = await store.get(key);
      if (got.kind !== 'found') return;
      const segment = decodeSegment(got.body, key);
      mergeTally(tally, segment.tally);
      next[name] = seq + 1;
      shipped.add(name);
      reportedUntil.set(name, segment.toSeconds);
    }
  };
  const reader = async (): Promise<void> => {
    for (let worker = waiting.pop(); worker !== undefined; worker = waiting.pop()) await foldWorker(worker);
  };
  await Promise.all(Array.from({ length: Math.min(readersAtOnce, workers.length) }, reader));
  return { tally, watermark: next, shipped, reportedUntil };
};
