import { quoteIdentifier, sqlLiteral } from '../../platform/ports/sql-quoting.ts';
import type { UtcDay } from '../layout/utc-day.ts';
import { generationsSql } from './generations-sql.ts';
import { dayPartitionColumns, rawColumnsSql, storedColumnsSql, viewColumnsSql } from './log-columns.ts';
import { recordsOf, valueAt } from './raw-record-sql.ts';
import type { SystemTable } from './system-table.ts';
import { logKeysTable, type TableState } from './table-state.ts';

/** The lines of a table, and its Parquet, in the catalog; `shop_app_raw` and `shop_app_compacted`. */
export const rawName = (table: string): string => `${table}_raw`;
export const compactedName = (table: string): string => `${table}_compacted`;

const dayNames = dayPartitionColumns.map(({ name }) => name);
const daySql = dayNames.map(quoteIdentifier).join(', ');

/** What a log table is for everybody who asks: every record once, wherever it is. @param root Of the store, as SQL names it. */
export const logViewSql = (table: string, root: string, state?: TableState): string => {
  const listed = state?.listed.map(({ generation }) => generation) ?? [];
  const live = state?.live.map(({ generation }) => generation) ?? [];
  const left = listed.length === 0 ? undefined : `"$path" NOT IN (${listedPathsSql(table, root, listed)})`;
  const raw = `SELECT ${rawColumnsSql}, ${daySql} FROM ${recordsOf(rawName(table), dayNames, left)}`;
  const compacted = `SELECT ${storedColumnsSql}, ${daySql} FROM ${quoteIdentifier(compactedName(table))} WHERE ${generationsSql(live)}`;
  return `SELECT ${viewColumnsSql} FROM (${live.length === 0 ? raw : `${raw} UNION ALL ${compacted}`})`;
};

/** Of the keys that the lists of these generations hold. A key without a text would make everything unknown to NOT IN. */
const listedPathsSql = (table: string, root: string, generations: readonly number[]): string =>
  `SELECT concat(${sqlLiteral(root)}, coalesce(json_extract_scalar(line, '$.key'), '')) FROM ${quoteIdentifier(logKeysTable)}` +
  ` WHERE "table_name" = ${sqlLiteral(table)} AND ${generationsSql(generations)}`;

export interface CompactSelect {
  readonly table: string;
  readonly root: string;
  readonly day: UtcDay;
  /** The one to be made: its list of raw keys is in the catalog. */
  readonly generation: number;
  /** The day's live one, whose rows it takes over. */
  readonly previous?: number;
}

/** What a generation is made of: the records of its listed raw objects and those of the generation before, in order. */
export const compactSelectSql = ({ table, root, day, generation, previous }: CompactSelect): string => {
  const ofDay = `"year" = ${day.year} AND "month" = ${day.month} AND "day" = ${day.day}`;
  const isListed = `"$path" IN (${listedPathsSql(table, root, [generation])})`;
  const raw = `SELECT ${rawColumnsSql} FROM ${recordsOf(rawName(table), dayNames, `${ofDay} AND ${isListed}`)}`;
  const before = `SELECT ${storedColumnsSql} FROM ${quoteIdentifier(compactedName(table))} WHERE ${ofDay} AND ${generationsSql([previous ?? -1])}`;
  const rows = previous === undefined ? raw : `${raw} UNION ALL ${before}`;
  return `SELECT ${storedColumnsSql} FROM (${rows}) ORDER BY "time", "micros"`;
};

/** The columns of a table of lines that stormdrain writes, and its partition columns. */
export const systemViewSql = ({ name, columns, partitionColumns }: SystemTable): string => {
  const partitions = partitionColumns.map((column) => column.name);
  const values = columns.map(
    (column) => `${valueAt(column.path, column.type)} AS ${quoteIdentifier(column.name)}`,
  );
  const all = [...values, ...partitions.map(quoteIdentifier)].join(', ');
  return `SELECT ${all} FROM ${recordsOf(rawName(name), partitions)}`;
};
