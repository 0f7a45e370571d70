import type { CatalogColumn } from '../../platform/ports/log-catalog.ts';
import { quoteIdentifier } from '../../platform/ports/sql-quoting.ts';
import { recordFields } from '../layout/log-record.ts';
import { textAt, timestampAt } from './raw-record-sql.ts';

export const dayPartitionColumns: readonly CatalogColumn[] = [
  { name: 'year', type: 'int' },
  { name: 'month', type: 'int' },
  { name: 'day', type: 'int' },
];

export const generationColumn: CatalogColumn = { name: 'generation', type: 'int' };

/** Of a line that is a record; what stands in Parquet is the same, and in this order. */
export const storedColumns: readonly CatalogColumn[] = [
  { name: 'time', type: 'timestamp' },
  { name: 'log', type: 'string' },
  ...recordFields.map((name) => ({ name, type: 'string' as const })),
  { name: 'fields', type: 'string' },
  { name: 'micros', type: 'int' },
];

/**
 * What a log table has for everybody who asks. `time` is in UTC and null where the line has none, which is what `malformed`
 * says: a line that is no whole JSON object, or one without a time. `log` is the line as it is where there is no such text in
 * it. `fields` is the whole record as JSON when it has more in it than the columns before. `micros` are microseconds within
 * the millisecond, to order by.
 */
export const logColumns: readonly CatalogColumn[] = [
  ...storedColumns.slice(0, -1),
  { name: 'malformed', type: 'boolean' },
  { name: 'micros', type: 'int' },
  ...dayPartitionColumns,
];

const knownFields = ['time', 'log', ...recordFields].map((name) => `'${name}'`).join(', ');

const expressions: Readonly<Record<string, string>> = {
  time: timestampAt('$.time'),
  log: `coalesce(${textAt('$.log')}, line)`,
  ...Object.fromEntries(recordFields.map((name) => [name, textAt(`$.${name}`)])),
  fields: `CASE WHEN try(array_except(map_keys(CAST(json_parse(record) AS map(varchar, json))), ARRAY[${knownFields}])) <> ARRAY[] THEN record END`,
  micros: `coalesce(try_cast(substr(${textAt('$.time')}, 24, 3) AS integer), 0)`,
};

/** The stored columns, made of `record` and `line` (`recordsOf`). */
export const rawColumnsSql: string = storedColumns
  .map(({ name }) => `${expressions[name]} AS ${quoteIdentifier(name)}`)
  .join(', ');

/** The stored columns by their names. */
export const storedColumnsSql: string = storedColumns.map(({ name }) => quoteIdentifier(name)).join(', ');

/** The columns of a view over what has the stored ones and the day. */
export const viewColumnsSql: string = logColumns
  .map(({ name }) => (name === 'malformed' ? '"time" IS NULL AS "malformed"' : quoteIdentifier(name)))
  .join(', ');
