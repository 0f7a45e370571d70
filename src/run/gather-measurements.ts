import { DocumentInvalidError } from '../errors.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { mergeTally } from '../stats/merge-tally.ts';
import { decodeSegment } from '../stats/segment.ts';
import { emptyTally, type Tally } from '../stats/tally.ts';
import { readRollups } from './rollup.ts';
import { parseSegmentKey, runKeys, workerName } from './run-keys.ts';

export interface Measurements {
  readonly tally: Tally;
  /** By worker: how many segments there are, and how many are missing before the last of them. */
  readonly segments: ReadonlyMap<string, { readonly found: number; readonly gaps: number }>;
}

/** The rollups, and the tail: every segment no rollup has folded, wherever in its worker's sequence it lies. */
export const gatherMeasurements = async (store: ObjectStore, runId: string): Promise<Measurements> => {
  const tally = emptyTally();
  let watermark: Readonly<Record<string, number>> = {};
  for await (const rollup of readRollups(store, runId)) {
    mergeTally(tally, rollup.tally);
    watermark = rollup.watermark;
  }
  const seen = new Map<string, { found: number; last: number }>();
  for await (const key of store.list(runKeys(runId).segments)) {
    const segment = parseSegmentKey(key);
    if (segment === undefined) continue;
    const name = workerName(segment);
    const folded = segment.seq < (watermark[name] ?? 0);
    if (!folded && !(await mergeSegment(store, key, tally))) continue;
    const worker = seen.get(name) ?? { found: 0, last: -1 };
    seen.set(name, { found: worker.found + 1, last: Math.max(worker.last, segment.seq) });
  }
  return {
    tally,
    segments: new Map([...seen].map(([name, { found, last }]) => [name, { found, gaps: last + 1 - found }])),
  };
};

/** False for a segment that can't be read: it counts as missing, and the rest of the run keeps its figures. */
const mergeSegment = async (store: ObjectStore, key: string, tally: Tally): Promise<boolean> => {
  const got = await store.get(key);
  if (got.kind !== 'found') return false;
  try {
    mergeTally(tally, decodeSegment(got.body, key).tally);
    return true;
  } catch (error) {
    if (error instanceof DocumentInvalidError) return false;
    throw error;
  }
};
