import type { CatalogEntry, CatalogPartition, CatalogTable } from '../../platform/ports/log-catalog.ts';
import { logsDayPrefix, logsPrefix } from '../layout/container-name.ts';
import { addDays, daysFrom, daysThrough, parseDayText, type UtcDay } from '../layout/utc-day.ts';
import { carryOutPlan, removePartitions } from './carry-out-plan.ts';
import type { CatalogWork, SurveyedTable } from './catalog-work.ts';
import { deleteUnder } from './delete-under.ts';
import { findFirstDay } from './find-first-day.ts';
import { planPartitions } from './plan-partitions.ts';
import { syncEntry } from './sync-entry.ts';
import { entryParameters, type LogTableName, rawPartition, rawTable } from './table-definitions.ts';
import type { TableSettings } from './table-settings.ts';
import { rawName } from './view-sql.ts';

/**
 * The table of a container's lines, its days, and what is past retention among them. `unfinished`: there was more to delete
 * than time. `taken`: see `syncEntry`.
 */
export const updateRawTable = async (
  work: CatalogWork,
  surveyed: SurveyedTable,
  log: LogTableName,
  { mode, retentionDays }: TableSettings,
  /** The oldest day that is Parquet. */
  firstCompacted: UtcDay | undefined,
): Promise<'done' | 'unfinished' | 'taken'> => {
  const oldest = addDays(work.today, -retentionDays);
  const existing = work.survey.entries.get(rawName(log.table));
  const known = await firstDayOf(work, surveyed, { existing, firstCompacted, oldest });
  const isProjected = mode === 'projection' || existing?.parameters['projection.enabled'] === 'true';
  const { first, isUnfinished } =
    isProjected && known !== undefined
      ? await expireProjected(work, log, known, oldest)
      : { first: known, isUnfinished: false };
  // As long as it is projected, the next update finds what is left to be deleted.
  if (isUnfinished && mode === 'registered') return 'unfinished';
  const years = {
    first: latest(first ?? work.today, oldest).year,
    last: addDays(work.today, 1).year,
  };
  const table = rawTable(log, { firstDay: first, years: mode === 'projection' ? years : undefined });
  if (!(await syncEntry(work, table))) return 'taken';
  if (mode === 'projection') return isUnfinished ? 'unfinished' : 'done';
  const registered = existing === undefined ? [] : await allPartitions(work, table);
  return updateDays(work, log, table, registered, { first, retentionDays });
};

/** What the table says, unless an older day of the retention is found. */
const firstDayOf = async (
  work: CatalogWork,
  { name, hasLogs }: SurveyedTable,
  {
    existing,
    firstCompacted,
    oldest,
  }: {
    readonly existing: CatalogEntry | undefined;
    readonly firstCompacted: UtcDay | undefined;
    readonly oldest: UtcDay;
  },
): Promise<UtcDay | undefined> => {
  const known = parseDayText(existing?.parameters[entryParameters.firstDay] ?? '');
  const isLookedFor = hasLogs && (known === undefined || work.isThorough);
  const found = isLookedFor ? await findFirstDay(work.ports.listing, logsPrefix(name)) : undefined;
  const seen = earliest(found, firstCompacted);
  const first = earliest(known, seen && latest(seen, oldest));
  // A day that is to come would keep the days until then from being registered.
  return first && earliest(first, work.today);
};

/** Without partitions, the first day tells what is past retention. */
const expireProjected = async (
  work: CatalogWork,
  { name }: LogTableName,
  first: UtcDay,
  oldest: UtcDay,
): Promise<{ readonly first: UtcDay; readonly isUnfinished: boolean }> => {
  const past = daysThrough(first, addDays(oldest, -1));
  const { deleted, isUnfinished } = await deleteUnder(
    work,
    past.map((day) => logsDayPrefix(name, day)),
  );
  const left = past.find((day) => !deleted.has(logsDayPrefix(name, day)));
  return { first: left ?? latest(first, oldest), isUnfinished };
};

const updateDays = async (
  work: CatalogWork,
  log: LogTableName,
  table: CatalogTable,
  registered: readonly CatalogPartition[],
  { first, retentionDays }: { readonly first: UtcDay | undefined; readonly retentionDays: number },
): Promise<'done' | 'unfinished'> => {
  const plan = planPartitions(
    registered,
    { firstDay: first },
    { today: work.today, retentionDays, locationOf: (day) => rawPartition(log, day).location },
  );
  await carryOutPlan(work, table, plan);
  // Until its objects are gone a day stays registered, so that it is found again.
  const prefixOf = (day: UtcDay): string => logsDayPrefix(log.name, day);
  const { deleted, isUnfinished } = await deleteUnder(
    work,
    plan.expired.map(({ day }) => prefixOf(day)),
  );
  const gone = plan.expired.filter(({ day }) => deleted.has(prefixOf(day)));
  await removePartitions(
    work,
    table.name,
    gone.flatMap(({ partitions }) => partitions),
  );
  return isUnfinished ? 'unfinished' : 'done';
};

const allPartitions = async (
  { ports }: CatalogWork,
  { name }: CatalogTable,
): Promise<readonly CatalogPartition[]> => {
  const partitions: CatalogPartition[] = [];
  for await (const partition of ports.catalog.partitions(name)) partitions.push(partition);
  return partitions;
};

const earliest = (one: UtcDay | undefined, other: UtcDay | undefined): UtcDay | undefined =>
  one === undefined || (other !== undefined && daysFrom(other, one) > 0) ? other : one;

const latest = (one: UtcDay, other: UtcDay): UtcDay => (daysFrom(one, other) > 0 ? other : one);
