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
    const worker = seen.get(name) ?? { found: 0, last: -1 };
    seen.set(name, { found: worker.found + 1, last: Math.max(worker.last, segment.seq) });
    if (segment.seq < (watermark[name] ?? 0)) continue;
    const got = await store.get(key);
    if (got.kind === 'found') mergeTally(tally, decodeSegment(got.body, key).tally);
  }
  return {
    tally,
    segments: new Map([...seen].map(([name, { found, last }]) => [name, { found, gaps: last + 1 - found }])),
  };
};
