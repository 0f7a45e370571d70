import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { decodeTally } from '../stats/merge-document.ts';
import { addSeconds, noSeconds } from '../stats/seconds-sum.ts';
import { emptyTally, type SecondTally } from '../stats/tally.ts';
import { encodeTally, tallyDocument } from '../stats/tally-document.ts';
import type { RosterEntry } from './documents.ts';
import { foldSegments, type Watermark } from './fold-segments.ts';
import { runKeys } from './run-keys.ts';

const count = z.int().check(z.nonnegative());
const secondsSum = z.object({
  arrived: count,
  dropped: count,
  droppedBusy: count,
  started: count,
  completed: count,
  failed: count,
  until: count,
});

/**
 * `rollup/<number>.json.gz`. Everything in it is about the whole run so far, so that the newest one alone tells how it
 * goes, but for the rows of seconds: it has those that came since the rollup before, and `spans` says which rollup
 * has rows of which seconds.
 */
const rollupDocument = z.object({
  version: z.literal(1),
  runId: z.string(),
  number: z.int(),
  watermark: z.record(z.string(), z.int()),
  /** By worker: the second up to which it has reported. */
  reportedUntil: z.record(z.string(), z.number()),
  load: secondsSum,
  warmup: secondsSum,
  /** By number: the first second with a row, and the end of the last one. */
  spans: z.array(z.tuple([z.int(), z.int()])),
  tally: tallyDocument,
});
export type RollupDocument = z.infer<typeof rollupDocument>;
export type RollupSpans = RollupDocument['spans'];

/** Segments are kept, so what a rollup that can't be read had folded is folded once more, from the one before it. */
const findRollup = async (
  store: ObjectStore,
  runId: string,
  number: number,
): Promise<RollupDocument | 'unreadable' | undefined> => {
  const got = await store.get(runKeys(runId).rollup(number));
  if (got.kind !== 'found') return undefined;
  try {
    const parsed = rollupDocument.safeParse(JSON.parse(gunzipSync(got.body).toString('utf8')));
    return parsed.success ? parsed.data : 'unreadable';
  } catch {
    return 'unreadable';
  }
};

/** As stored, histograms and all still encoded. Undefined when there is none of that number, or it can't be read. */
export const readRollup = async (
  store: ObjectStore,
  runId: string,
  number: number,
): Promise<RollupDocument | undefined> => {
  const found = number < 0 ? undefined : await findRollup(store, runId, number);
  return found === 'unreadable' ? undefined : found;
};

/** The newest one that can be read, and the number that the next one will have. */
const findNewest = async (
  store: ObjectStore,
  runId: string,
  next: number | undefined,
): Promise<{ readonly newest: RollupDocument | undefined; readonly number: number }> => {
  const from = Math.max(0, (next ?? (await countRollups(store, runId))) - 1);
  let newest: RollupDocument | undefined;
  let number = from;
  for (let found = await findRollup(store, runId, number); found !== undefined; ) {
    if (found !== 'unreadable') newest = found;
    found = await findRollup(store, runId, ++number);
  }
  for (let before = from - 1; newest === undefined && before >= 0; before--)
    newest = await readRollup(store, runId, before);
  return { newest, number };
};

/** `next` is the number that the next one will have, as far as is known. Without it they are listed: 1,000 at most, a page. */
export const readNewestRollup = async (
  store: ObjectStore,
  runId: string,
  next?: number,
): Promise<RollupDocument | undefined> => (await findNewest(store, runId, next)).newest;

const countRollups = async (store: ObjectStore, runId: string): Promise<number> => {
  const { rollups } = runKeys(runId);
  let newest: string | undefined;
  for await (const key of store.list(rollups)) newest = key;
  return newest === undefined ? 0 : Number.parseInt(newest.slice(rollups.length), 10) + 1;
};

export interface RolledUp {
  /** The number that the next one will have. */
  readonly number: number;
  /** Workers of which a new segment was found, by name. */
  readonly shipped: ReadonlySet<string>;
  /** By worker: the second up to which it has reported, new or not. */
  readonly reportedUntil: Readonly<Record<string, number>>;
}

/**
 * Folds what has come since the newest rollup into the next one. Rollups are numbered and created once, each going on
 * from the watermark of the one before, so two observers at once never count a segment twice: the slower one's is
 * refused, and it folded nothing. `next` is the number that the next one will have, as far as is known; the answer
 * has the number as it is then.
 */
export const rollUp = async (
  store: ObjectStore,
  runId: string,
  workers: readonly RosterEntry[],
  next?: number,
): Promise<RolledUp> => {
  const { newest, number } = await findNewest(store, runId, next);
  const watermark: Watermark = newest?.watermark ?? {};
  const tally =
    newest === undefined ? emptyTally() : decodeTally({ ...newest.tally, seconds: [], warmup: [] });
  const fold = await foldSegments(store, runId, workers, watermark, tally);
  const reportedUntil = { ...newest?.reportedUntil, ...Object.fromEntries(fold.reportedUntil) };
  if (fold.shipped.size === 0) return { number, shipped: fold.shipped, reportedUntil };
  const spans = newest?.spans ?? [];
  const document: RollupDocument = {
    version: 1,
    runId,
    number,
    watermark: fold.watermark,
    reportedUntil,
    load: addSeconds(newest?.load ?? noSeconds, tally.seconds),
    warmup: addSeconds(newest?.warmup ?? noSeconds, tally.warmup),
    // Of those in between, which can't be read, nobody shall look for rows.
    spans: [
      ...spans,
      ...Array<RollupSpans[number]>(number - spans.length).fill([0, 0]),
      spanOf(tally.seconds),
    ],
    tally: encodeTally(tally),
  };
  const put = await store.put(runKeys(runId).rollup(number), gzipSync(JSON.stringify(document)), {
    ifAbsent: true,
  });
  return { number: put.kind === 'written' ? number + 1 : number, shipped: fold.shipped, reportedUntil };
};

const spanOf = (rows: ReadonlyMap<number, SecondTally>): [from: number, to: number] => {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (const second of rows.keys()) {
    from = Math.min(from, second);
    to = Math.max(to, second + 1);
  }
  return [Math.min(from, to), to];
};
