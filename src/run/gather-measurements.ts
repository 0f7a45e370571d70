import type { ObjectStore } from '../platform/ports/object-store.ts';
import { decodeTally } from '../stats/merge-document.ts';
import { addSeconds, noSeconds, type SecondsSum } from '../stats/seconds-sum.ts';
import { emptyTally, type SecondTally, type Tally } from '../stats/tally.ts';
import type { RosterEntry } from './documents.ts';
import { foldSegment } from './fold-segments.ts';
import { forEachAtOnce, readsAtOnce } from './for-each-at-once.ts';
import { type RollupSpans, readNewestRollup, rollUp } from './rollup.ts';
import { parseSegmentKey, runKeys, workerName } from './run-keys.ts';

export interface Measurements {
  /** Without the rows of seconds. */
  readonly tally: Tally;
  /** What the rows come to, and the part of them that belongs to the warm-up. */
  readonly load: SecondsSum;
  readonly warmup: SecondsSum;
  /** Where the rows are: in rollups, and `beyond` gaps. */
  readonly spans: RollupSpans;
  readonly beyond: ReadonlyMap<number, SecondTally>;
  /** By worker: how many segments there are, and how many are missing before the last of them. */
  readonly segments: ReadonlyMap<string, { readonly found: number; readonly gaps: number }>;
}

/**
 * Folds what no rollup has yet into rollups, and adds what those can't have: segments behind a gap in their worker's
 * sequence. Each worker's list begins at its watermark, so that a long run's hundreds of thousands aren't listed.
 */
export const gatherMeasurements = async (
  store: ObjectStore,
  runId: string,
  workers: readonly RosterEntry[],
): Promise<Measurements> => {
  for (let next: number | undefined; ; ) {
    const { number, shipped } = await rollUp(store, runId, workers, next);
    if (shipped.size === 0) break;
    next = number;
  }
  const newest = await readNewestRollup(store, runId);
  const tally =
    newest === undefined ? emptyTally() : decodeTally({ ...newest.tally, seconds: [], warmup: [] });
  const segments = new Map<string, { found: number; gaps: number }>();
  await forEachAtOnce(workers, readsAtOnce, async (worker) => {
    const name = workerName(worker);
    const folded = newest?.watermark[name] ?? 0;
    const { found, last } = await foldBeyond(store, runId, worker, folded, tally);
    if (last >= 0) segments.set(name, { found, gaps: last + 1 - found });
  });
  return {
    tally,
    load: addSeconds(newest?.load ?? noSeconds, tally.seconds),
    warmup: addSeconds(newest?.warmup ?? noSeconds, tally.warmup),
    spans: newest?.spans ?? [],
    beyond: tally.seconds,
    segments,
  };
};

/** Adds a worker's segments from the watermark on, wherever they lie; how many there are of it in all, and the last one. */
const foldBeyond = async (
  store: ObjectStore,
  runId: string,
  worker: RosterEntry,
  watermark: number,
  into: Tally,
): Promise<{ readonly found: number; readonly last: number }> => {
  const keys = runKeys(runId);
  let found = watermark;
  let last = watermark - 1;
  const after = watermark === 0 ? {} : { startAfter: keys.segment(worker, watermark - 1) };
  for await (const key of store.list(keys.segmentsOf(worker), after)) {
    const segment = parseSegmentKey(key);
    if (segment === undefined || (await foldSegment(store, key, into)) === undefined) continue;
    found++;
    last = Math.max(last, segment.seq);
  }
  return { found, last };
};
