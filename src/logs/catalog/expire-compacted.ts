import { updateJson } from '../../store/stored-json.ts';
import { generationPrefix } from '../layout/container-name.ts';
import { dayText, parseDayText, type UtcDay } from '../layout/utc-day.ts';
import { removePartitions } from './carry-out-plan.ts';
import type { CatalogWork } from './catalog-work.ts';
import { deleteUnder } from './delete-under.ts';
import { expireDays } from './expire-days.ts';
import { compactedPartition, type LogTableName } from './table-definitions.ts';
import { type TableState, tableState, tableStateKey } from './table-state.ts';
import { compactedName } from './view-sql.ts';

/**
 * Deletes the Parquet of days past retention, takes their partitions away, and then the days out of the state: until all that
 * is done they are found again. Returns the state as it is then.
 */
export const expireCompacted = async (
  work: CatalogWork,
  log: LogTableName,
  state: TableState,
  oldest: UtcDay,
): Promise<{ readonly state: TableState; readonly isUnfinished: boolean }> => {
  const firstKept = dayText(oldest);
  const expired = expiredOf(state, firstKept);
  if (expired.length === 0 && state.listed.every(({ day }) => day >= firstKept))
    return { state, isUnfinished: false };
  const prefixes = expired.map(({ day, generation }) => generationPrefix(log.name, day, generation));
  const { deleted, isUnfinished } = await deleteUnder(work, prefixes);
  if (deleted.size < prefixes.length) return { state, isUnfinished };
  await removePartitions(
    work,
    compactedName(log.table),
    expired.map(({ day, generation }) => compactedPartition(log, day, generation)),
  );
  const removed = new Set(expired.map(({ generation }) => generation));
  const { store, time, random } = work.ports;
  const changed = await updateJson(
    store,
    tableStateKey(log.table),
    tableState,
    // A generation that compaction has made meanwhile is for the next update.
    (now) =>
      now !== undefined && expiredOf(now, firstKept).every(({ generation }) => removed.has(generation))
        ? expireDays(now, firstKept)
        : undefined,
    { time, random },
  );
  return { state: changed ?? state, isUnfinished: false };
};

/** What is Parquet of days before `firstKept` (`2026-11-01`). */
const expiredOf = (
  { live, replaced }: TableState,
  firstKept: string,
): readonly { readonly day: UtcDay; readonly generation: number }[] =>
  [...live, ...replaced].flatMap(({ day: text, generation }) => {
    const day = text < firstKept ? parseDayText(text) : undefined;
    return day === undefined ? [] : [{ day, generation }];
  });
