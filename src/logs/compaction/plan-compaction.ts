import { inBatches } from '../../calls/paced-call.ts';
import { readJson } from '../../store/stored-json.ts';
import { type LogTable, readLogTables } from '../catalog/log-tables.ts';
import { settingsOf } from '../catalog/parse-log-settings.ts';
import { readLogSettings } from '../catalog/read-log-settings.ts';
import type { TableSettings } from '../catalog/table-settings.ts';
import { newTableState, type TableState, tableState, tableStateKey } from '../catalog/table-state.ts';
import { dayText, type UtcDay } from '../layout/utc-day.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { decideDays } from './decide-days.ts';
import { listDays } from './list-days.ts';
import { unlistedObjects } from './unlisted-objects.ts';

/** A day of a table that is to become Parquet, or has late objects. */
export interface DayToCompact extends LogTable {
  /** `2026-11-20`. */
  readonly day: string;
  /** How often it was tried before, in this execution. */
  readonly tries: number;
}

export interface CompactionPlan {
  readonly days: readonly DayToCompact[];
  /** Whether there may be days after these: plan again with `after`. */
  readonly more: boolean;
  /** `shop_app 2026-11-20`: up to where it looked. */
  readonly after: string;
}

/** Of one pass of the machine: 40 days with their retries stay far below what an execution may have of events. */
const mostDays = 40;
const tablesAtOnce = 8;
const budgetMillis = 60_000;
/** Later than any day: the table was looked through. */
const allDays = '9999-99-99';

/**
 * Days to be compacted, of tables in the order of their names and in each the oldest first. Looks for a minute or so, and
 * goes on after `after` (empty: from the beginning), so that a day that fails is not met again.
 */
export const planCompaction = async (
  ports: CatalogPorts,
  { after }: { readonly after: string },
): Promise<CompactionPlan> => {
  const [afterTable = '', afterDay = ''] = after.split(' ');
  const settings = await readLogSettings(ports);
  const left = (await readLogTables(ports.catalog))
    .filter(({ table }) => table >= afterTable)
    .sort((a, b) => (a.table < b.table ? -1 : 1));
  // Only from here: however long the catalog takes, each plan comes further than the one before.
  const endMillis = ports.time.nowMillis() + budgetMillis;
  const days: DayToCompact[] = [];
  let looked = after;
  for (const batch of inBatches(left, tablesAtOnce)) {
    if (ports.time.nowMillis() >= endMillis) return { days, more: true, after: looked };
    const found = await Promise.all(
      batch.map((table) =>
        daysOf(ports, table, settingsOf(settings, table), table.table === afterTable ? afterDay : ''),
      ),
    );
    for (const day of found.flat()) {
      if (days.length === mostDays) return { days, more: true, after: looked };
      days.push(day);
      looked = `${day.table} ${day.day}`;
    }
    looked = `${batch.at(-1)?.table ?? afterTable} ${allDays}`;
  }
  return { days, more: false, after: looked };
};

/** Those of a table, at most one more than fit into a pass. */
const daysOf = async (
  ports: CatalogPorts,
  { table, family, container }: LogTable,
  { compact, retentionDays }: TableSettings,
  after: string,
): Promise<readonly DayToCompact[]> => {
  if (!compact) return [];
  const nowMillis = ports.time.nowMillis();
  const closed = decideDays(await listDays(ports.listing, { family, container }), {
    nowMillis,
    retentionDays,
    after,
  });
  if (closed.length === 0) return [];
  const stored = await readJson(ports.store, tableStateKey(table), tableState);
  const state = stored?.value ?? newTableState(table, family, container);
  const days: DayToCompact[] = [];
  for (const day of closed) {
    if (days.length > mostDays) break;
    if (await hasUnlisted(ports, state, day))
      days.push({ table, family, container, day: dayText(day), tries: 0 });
  }
  return days;
};

const hasUnlisted = async (ports: CatalogPorts, state: TableState, day: UtcDay): Promise<boolean> => {
  for await (const _ of unlistedObjects(ports, state, day)) return true;
  return false;
};
