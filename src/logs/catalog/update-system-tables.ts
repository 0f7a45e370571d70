import type { CatalogPartition, CatalogTable } from '../../platform/ports/log-catalog.ts';
import { dayFolders, daysFrom, type UtcDay } from '../layout/utc-day.ts';
import { carryOutPlan } from './carry-out-plan.ts';
import type { CatalogWork } from './catalog-work.ts';
import { findFirstDay } from './find-first-day.ts';
import { inTries } from './in-tries.ts';
import { type PartitionPlan, planPartitions, planYears } from './plan-partitions.ts';
import { syncEntry } from './sync-entry.ts';
import type { SystemTable } from './system-table.ts';
import { systemTables } from './system-tables.ts';
import { keysTable, systemRawTable, systemView } from './table-definitions.ts';
import { foreverDays } from './table-settings.ts';

/** Nothing was written before it: an older folder is somebody's mistake. */
const earliestDay: UtcDay = { year: 2020, month: 1, day: 1 };

/** Tables of runs, scaling and compaction; there from the beginning, so that a question about them has an answer. */
export const updateSystemTables = async (
  work: CatalogWork,
  isWanted: (table: string) => boolean = () => true,
): Promise<void> => {
  const keys = keysTable(work.ports.listing.root);
  await inTries(work, keys.name, () => syncEntry(work, keys));
  for (const system of systemTables)
    if (isWanted(system.name)) await inTries(work, system.name, () => updateSystemTable(work, system));
};

const updateSystemTable = async (work: CatalogWork, system: SystemTable): Promise<void> => {
  const { catalog, listing } = work.ports;
  const table = systemRawTable(listing.root, system);
  const isNew = !work.survey.entries.has(table.name);
  if (!(await syncEntry(work, table))) return;
  const registered: CatalogPartition[] = [];
  if (!isNew) for await (const partition of catalog.partitions(table.name)) registered.push(partition);
  const byYear = system.partitionColumns.length === 1;
  const found = await findFirstDay(listing, system.prefix, byYear ? 'year' : 'day');
  await carryOutPlan(work, table, planSystem(work.today, table, registered, found ?? work.today, byYear));
  await syncEntry(work, systemView(system));
};

const planSystem = (
  today: UtcDay,
  { location }: CatalogTable,
  registered: readonly CatalogPartition[],
  found: UtcDay,
  byYear: boolean,
): PartitionPlan => {
  const notTooOld = daysFrom(earliestDay, found) > 0 ? found : earliestDay;
  // A day that is to come would keep the days until then from being registered.
  const firstDay = daysFrom(notTooOld, today) < 0 ? today : notTooOld;
  const locationOf = (day: UtcDay): string => `${location}${dayFolders(day)}`;
  return byYear
    ? planYears(
        registered,
        { firstDay },
        { today, locationOf: (year) => `${location}year=${String(year).padStart(4, '0')}/` },
      )
    : planPartitions(registered, { firstDay }, { today, retentionDays: foreverDays, locationOf });
};
