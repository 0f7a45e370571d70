import type { CatalogPartition, CatalogTable } from '../../platform/ports/log-catalog.ts';
import { parseDayText } from '../layout/utc-day.ts';
import { carryOutPlan } from './carry-out-plan.ts';
import type { CatalogWork } from './catalog-work.ts';
import { syncEntry } from './sync-entry.ts';
import {
  compactedPartition,
  compactedTable,
  keysPartition,
  keysTable,
  type LogTableName,
} from './table-definitions.ts';
import { logKeysTable, type TableState } from './table-state.ts';

/**
 * Has the catalog hold what the state of a compacted table counts on. Compaction registers it before it is counted on, so
 * partitions are only looked at where a table was missing, or when asked to be thorough.
 */
export const seeCompacted = async (
  work: CatalogWork,
  log: LogTableName,
  { live, listed, replaced, unlisted }: TableState,
): Promise<void> => {
  if (live.length + replaced.length + listed.length === 0) return;
  const compacted = compactedTable(log);
  const isMissing = [compacted.name, logKeysTable].some((name) => !work.survey.entries.has(name));
  if (!(await syncEntry(work, compacted)) || !(isMissing || work.isThorough)) return;
  const generations = live.flatMap(({ day: text, generation }) => {
    const day = parseDayText(text);
    return day === undefined ? [] : [compactedPartition(log, day, generation)];
  });
  const lists = [...listed, ...unlisted].map(({ generation }) =>
    keysPartition(log.root, log.table, generation),
  );
  await seePartitions(work, compacted, generations);
  await seePartitions(work, keysTable(log.root), lists);
};

/** Others that are registered are left alone: they may be about to be read. */
const seePartitions = async (
  work: CatalogWork,
  table: CatalogTable,
  wanted: readonly CatalogPartition[],
): Promise<void> => {
  if (wanted.length === 0) return;
  const locations = new Map<string, string>();
  for await (const { values, location } of work.ports.catalog.partitions(table.name))
    locations.set(values.join('/'), location);
  const wrong = wanted.filter(({ values, location }) => locations.get(values.join('/')) !== location);
  await carryOutPlan(work, table, {
    create: wrong,
    remove: wrong.filter(({ values }) => locations.has(values.join('/'))),
  });
};
