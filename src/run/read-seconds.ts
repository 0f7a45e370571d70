import type { ObjectStore } from '../platform/ports/object-store.ts';
import { mergeRows } from '../stats/merge-document.ts';
import type { SecondTally } from '../stats/tally.ts';
import { forEachAtOnce } from './for-each-at-once.ts';
import { type RollupSpans, readRollup } from './rollup.ts';

export interface Seconds {
  readonly seconds: ReadonlyMap<number, SecondTally>;
  /** The part of them that belongs to the warm-up. */
  readonly warmup: ReadonlyMap<number, SecondTally>;
}

/** Each may be some megabytes when it is unpacked. */
const rollupsAtOnce = 4;

/** The rows of the seconds from `from` on, before `to`, read from the rollups that have any of them. */
export const readSeconds = async (
  store: ObjectStore,
  runId: string,
  spans: RollupSpans,
  from: number,
  to: number,
): Promise<Seconds> => {
  const rows = { seconds: new Map<number, SecondTally>(), warmup: new Map<number, SecondTally>() };
  const isWanted = (row: { readonly second: number }): boolean => row.second >= from && row.second < to;
  const numbers = [...spans.keys()].filter((number) => {
    const [first, end] = spans[number] ?? [0, 0];
    return first < to && end > from;
  });
  await forEachAtOnce(numbers, rollupsAtOnce, async (number) => {
    const rollup = await readRollup(store, runId, number);
    mergeRows(rows.seconds, rollup?.tally.seconds.filter(isWanted) ?? []);
    mergeRows(rows.warmup, rollup?.tally.warmup.filter(isWanted) ?? []);
  });
  return rows;
};
