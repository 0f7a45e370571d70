import { systemTables } from '../../src/logs/catalog/system-tables.ts';
import { defaultSettings } from '../../src/logs/catalog/table-settings.ts';
import { updatePartitions } from '../../src/logs/catalog/update-partitions.ts';
import { logsDayPrefix } from '../../src/logs/layout/container-name.ts';
import { addDays, dayOf } from '../../src/logs/layout/utc-day.ts';
import type { CatalogPorts } from '../../src/logs/logs-ports.ts';
import { FolderCatalog } from '../../src/platform/local/folder-catalog.ts';
import { MemoryStore } from '../../src/platform/local/memory-store.ts';
import { formatCount } from '../format-number.ts';
import type { ResultTable } from '../result-table.ts';
import { type CallCounts, counted } from './counted.ts';

const tables = 2_000;
const families = 400;
/** Days of logs that each container has. */
const dayCount = 30;
const aimedRatio = 1.1;
/** Of the entries of a database, and of prefixes, in one answer of AWS. */
const entriesPerPage = 100;

const dayMillis = 86_400_000;
const firstNight = Date.UTC(2026, 10, 20, 23, 10);

/**
 * The daily job over 2,000 containers: the first time, the next day, once more on the same day, and after a night in which 20 of
 * them were new. Every call is counted as AWS would be asked, a page being a call.
 */
export const partitionJobTable = async (): Promise<ResultTable> => {
  const sleep = async (): Promise<void> => undefined;
  const store = new MemoryStore({ time: { sleep } });
  const counts: CallCounts = new Map();
  let nowMillis = firstNight;
  const ports: CatalogPorts = {
    store: counted('store', store, counts),
    listing: counted('listing', store, counts),
    catalog: counted('catalog', new FolderCatalog(new MemoryStore({ time: { sleep } })), counts),
    time: { nowMillis: () => nowMillis, sleep },
    random: () => 0.5,
    defaults: defaultSettings,
  };
  const writeLogs = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++)
      for (let day = 0; day < dayCount; day++) {
        const name = { family: `family-${n % families}`, container: `app-${n}` };
        await store.put(`${logsDayPrefix(name, addDays(dayOf(nowMillis), -day))}x.gz`, new Uint8Array());
      }
  };
  const work = async (name: string, least: number, isJudged: boolean): Promise<Row> => {
    counts.clear();
    const { isDone, report } = await updatePartitions(ports, {}, Number.POSITIVE_INFINITY);
    if (!isDone || report.problems.length > 0) throw new Error(report.problems.join('; '));
    return { name, calls: new Map(counts), least, isJudged };
  };
  await writeLogs(0, tables);
  const system = systemTables.length;
  /** Families, containers of each, settings, and the states of what was ever compacted. */
  const look = 1 + families + 1 + 1;
  const rows: Row[] = [];
  // Of each new table two entries, its first day (year, month, day), and its partitions.
  rows.push(await work('the first time', look + tables * (2 + 3 + 1) + system * 3, false));
  nowMillis += dayMillis;
  const pages = (entries: number): number => Math.ceil(entries / entriesPerPage);
  const known = 2 * tables + 2 * system + 1;
  const listed = look + pages(known);
  rows.push(await work('the next day', listed + tables * 2 + system * 2, true));
  rows.push(await work('again on that day', listed + tables + system, true));
  await writeLogs(tables, tables + 20);
  nowMillis += dayMillis;
  rows.push(await work('20 new containers', listed + tables * 2 + 20 * (2 + 3 + 1) + system * 2, true));
  return render(rows);
};

interface Row {
  readonly name: string;
  readonly calls: ReadonlyMap<string, number>;
  readonly least: number;
  readonly isJudged: boolean;
}

const total = ({ calls }: Row): number => [...calls.values()].reduce((sum, count) => sum + count, 0);

const render = (rows: readonly Row[]): ResultTable => {
  const of = ({ calls }: Row, ...names: readonly string[]): string =>
    formatCount(names.reduce((sum, name) => sum + (calls.get(name) ?? 0), 0));
  const judged = rows.filter(({ isJudged }) => isJudged);
  const worst = Math.max(...judged.map((row) => total(row) / row.least));
  return {
    title: 'The daily job over 2,000 tables',
    about: `${formatCount(tables)} containers of ${families} families, ${dayCount} days of logs each, default settings. Calls as AWS would be asked; a page is a call.`,
    columns: [
      'job',
      'S3 list',
      'S3 get',
      'entries read',
      'written',
      'partitions read',
      'made',
      'removed',
      'calls',
      'least',
      'ratio',
    ],
    rows: rows.map((row) => [
      row.name,
      of(row, 'listing.folders', 'listing.objects', 'store.list'),
      of(row, 'store.get'),
      of(row, 'catalog.entries'),
      of(row, 'catalog.create', 'catalog.update'),
      of(row, 'catalog.partitions'),
      of(row, 'catalog.createPartitions'),
      of(row, 'catalog.removePartitions'),
      formatCount(total(row)),
      formatCount(row.least),
      (total(row) / row.least).toFixed(3),
    ]),
    aims: [
      {
        text: `the daily job takes at most ${aimedRatio} times the least calls`,
        measured: worst.toFixed(3),
        met: worst <= aimedRatio,
      },
    ],
    notes: [
      'Least: the families and the containers of each listed, every page of the catalog read, one look at the partitions of each table, one call to make those of tomorrow.',
      'For a new table: its two entries and its first day too, by year, month and day.',
    ],
  };
};
