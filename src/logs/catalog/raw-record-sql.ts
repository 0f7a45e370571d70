import type { ColumnType } from '../../platform/ports/log-catalog.ts';
import { quoteIdentifier, sqlLiteral } from '../../platform/ports/sql-quoting.ts';

/*
 * How columns are read from a line of JSON, in SQL that Trino and DuckDB (with its macros) understand alike. `record` is the
 * line where it is a whole object, else null: Trino's JSON functions stop reading at the value that is asked for, so of a line
 * that was cut off they would give what comes first, and DuckDB's nothing. A function that fails makes its value null.
 */

/** A subquery's FROM: the lines of a table as `record` and `line`, with its partition columns. */
export const recordsOf = (table: string, partitionColumns: readonly string[], where?: string): string =>
  `(SELECT CASE WHEN line LIKE '{%}' THEN line END AS record, line, ${partitionColumns
    .map(quoteIdentifier)
    .join(', ')} FROM ${quoteIdentifier(table)}${where === undefined ? '' : ` WHERE ${where}`})`;

/** The text at a path such as `$.log`. */
export const textAt = (path: string): string => `try(json_extract_scalar(record, ${sqlLiteral(path)}))`;

/** Milliseconds: from_iso8601_timestamp knows no more. In UTC, without a zone. */
export const timestampAt = (path: string): string =>
  `CAST(try(from_iso8601_timestamp(json_extract_scalar(record, ${sqlLiteral(path)}))) AT TIME ZONE 'UTC' AS timestamp(3))`;

const trinoTypes: Readonly<Record<Exclude<ColumnType, 'string' | 'timestamp'>, string>> = {
  int: 'integer',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
};

/** The value at a path as a column of a type; null where it isn't one. */
export const valueAt = (path: string, type: ColumnType): string => {
  if (type === 'timestamp') return timestampAt(path);
  return type === 'string' ? textAt(path) : `try_cast(${textAt(path)} AS ${trinoTypes[type]})`;
};
