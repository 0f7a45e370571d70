import { compactedPrefix, logsPrefix } from '../layout/container-name.ts';
import { addDays, parseDayText } from '../layout/utc-day.ts';
import { bringViewUp, readsAlike } from './bring-view-up.ts';
import type { CatalogWork, SurveyedTable } from './catalog-work.ts';
import { expireCompacted } from './expire-compacted.ts';
import { settingsOf } from './parse-log-settings.ts';
import { readTableState } from './read-table-state.ts';
import { seeCompacted } from './see-compacted.ts';
import { isSameEntry, syncEntry } from './sync-entry.ts';
import { type LogTableName, logView } from './table-definitions.ts';
import type { TableSettings } from './table-settings.ts';
import { type TableState, tableStateKey } from './table-state.ts';
import { updateRawTable } from './update-raw-table.ts';
import { compactedName, rawName } from './view-sql.ts';

/**
 * Has the catalog and the store hold what they should of one container: tables, days, view, and nothing past retention.
 * However far it came before, doing it again goes on from there. `unfinished`: there was more to delete than time.
 */
export const updateLogTable = async (
  work: CatalogWork,
  surveyed: SurveyedTable,
): Promise<'done' | 'unfinished'> => {
  const log = { name: surveyed.name, table: surveyed.table, root: work.ports.listing.root };
  const settings = settingsOf(work.settings, surveyed.name);
  const read = await readTableState(work, surveyed);
  if (await isGone(work, surveyed, read)) {
    await removeTable(work, log);
    return 'done';
  }
  const firstCompacted = parseDayText(read?.live[0]?.day ?? '');
  const raw = await updateRawTable(work, surveyed, log, settings, firstCompacted);
  if (raw === 'taken') return 'done';
  const oldest = addDays(work.today, -settings.retentionDays);
  const { state, isUnfinished } =
    read === undefined
      ? { state: undefined, isUnfinished: false }
      : await expireCompacted(work, log, read, oldest);
  if (state !== undefined) await seeCompacted(work, log, state);
  await updateView(work, log, settings, state);
  return isUnfinished ? 'unfinished' : raw;
};

/** Whether nothing is left of it: no object, raw or Parquet, and nothing that compaction has yet to remove. */
const isGone = async (
  { ports: { listing } }: CatalogWork,
  { name, hasLogs }: SurveyedTable,
  state: TableState | undefined,
): Promise<boolean> => {
  if (hasLogs) return false;
  const { live = [], listed = [], replaced = [], unlisted = [], attempts = [] } = state ?? {};
  if ([live, listed, replaced, unlisted, attempts].some(({ length }) => length > 0)) return false;
  for (const prefix of [logsPrefix(name), compactedPrefix(name)])
    for await (const _ of listing.folders(prefix)) return false;
  return true;
};

/** The raw table, which tells whose it is, goes last. */
const removeTable = async (
  { ports: { catalog, store }, survey, tally }: CatalogWork,
  { table }: LogTableName,
): Promise<void> => {
  for (const name of [table, compactedName(table), rawName(table)])
    if (survey.entries.has(name)) await catalog.remove(name);
  if (survey.states.has(table)) await store.delete(tableStateKey(table));
  tally.add('tablesRemoved');
};

const updateView = async (
  work: CatalogWork,
  log: LogTableName,
  settings: TableSettings,
  state: TableState | undefined,
): Promise<void> => {
  const wanted = logView(log, settings, state);
  const existing = work.survey.entries.get(log.table);
  if (existing !== undefined && isSameEntry(existing, wanted)) return;
  if (existing === undefined || state === undefined) {
    if (!(await syncEntry(work, wanted)) || state === undefined) return;
  } else work.tally.add('replaced');
  const wasCurrent = existing?.kind === 'view' && readsAlike(existing, wanted);
  await bringViewUp(work.ports, work.settings, log.table, wasCurrent);
};
