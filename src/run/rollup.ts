import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { DocumentInvalidError } from '../errors.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { Tally } from '../stats/tally.ts';
import { decodeTally, encodeTally, tallyDocument } from '../stats/tally-document.ts';
import type { RosterEntry } from './documents.ts';
import { foldSegments, type Watermark } from './fold-segments.ts';
import { runKeys } from './run-keys.ts';

const rollupDocument = z.object({
  version: z.literal(1),
  runId: z.string(),
  number: z.number().int(),
  watermark: z.record(z.string(), z.number().int()),
  reportedUntil: z.record(z.string(), z.number()),
  tally: tallyDocument,
});

/** What one observation folded: the segments between the rollup before it and its own watermark. */
export interface Rollup {
  readonly number: number;
  readonly watermark: Watermark;
  readonly tally: Tally;
}

type RollupDocument = z.infer<typeof rollupDocument>;

/** As stored, histograms and all still encoded. Undefined when there is none of that number. */
export const readRollupDocument = async (
  store: ObjectStore,
  runId: string,
  number: number,
): Promise<RollupDocument | undefined> => {
  const key = runKeys(runId).rollup(number);
  const got = await store.get(key);
  if (got.kind !== 'found') return undefined;
  const parsed = rollupDocument.safeParse(JSON.parse(gunzipSync(got.body).toString('utf8')));
  if (!parsed.success)
    throw new DocumentInvalidError(`${key} can't be read: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

/** All rollups in order. */
export async function* readRollups(store: ObjectStore, runId: string): AsyncIterable<Rollup> {
  for (let number = 0; ; number++) {
    const rollup = await readRollupDocument(store, runId, number);
    if (rollup === undefined) return;
    yield { number, watermark: rollup.watermark, tally: decodeTally(rollup.tally) };
  }
}

/**
 * Folds what has come since the newest rollup into the next one. Rollups are numbered and created once, each going on
 * from the watermark of the one before, so two observers at once never count a segment twice: the slower one's is
 * refused, and it folded nothing. `from` is a number known to exist or 0.
 */
export const rollUp = async (
  store: ObjectStore,
  runId: string,
  workers: readonly RosterEntry[],
  from: number,
): Promise<{ readonly number: number; readonly shipped: ReadonlySet<string> }> => {
  let number = from;
  let watermark: Watermark = {};
  let reportedUntil: RollupDocument['reportedUntil'] = {};
  for (let found = await readRollupDocument(store, runId, Math.max(0, number - 1)); found !== undefined; ) {
    ({ watermark, reportedUntil } = found);
    number = found.number + 1;
    found = await readRollupDocument(store, runId, number);
  }
  const fold = await foldSegments(store, runId, workers, watermark);
  if (fold.shipped.size === 0) return { number, shipped: fold.shipped };
  const document: RollupDocument = {
    version: 1,
    runId,
    number,
    watermark: fold.watermark,
    reportedUntil: { ...reportedUntil, ...Object.fromEntries(fold.reportedUntil) },
    tally: encodeTally(fold.tally),
  };
  const body = gzipSync(JSON.stringify(document));
  const put = await store.put(runKeys(runId).rollup(number), body, { ifAbsent: true });
  return { number: put.kind === 'written' ? number + 1 : number, shipped: fold.shipped };
};
