import type { SqlCell, SqlColumn } from '../platform/ports/sql-engine.ts';
import type { QueryPage } from './logs-place.ts';

/** A row of an answer about logs, by the names of its columns. */
export type LogLine = Readonly<Record<string, SqlCell>>;

/** The lines of a page, and how many rows before them only count lines that are no records. */
export const linesOf = (
  { columns, rows }: Pick<QueryPage, 'columns' | 'rows'>,
  wantsMalformed: boolean,
): { readonly lines: readonly LogLine[]; readonly malformed: number } => {
  const all = rows.map((row) => lineOf(columns, row));
  const lines = all.filter(({ malformed }) => wantsMalformed || malformed !== true);
  return { lines, malformed: all.length - lines.length };
};

const lineOf = (columns: readonly SqlColumn[], row: readonly SqlCell[]): LogLine =>
  Object.fromEntries(columns.map(({ name }, n) => [name, row[n] ?? null]));

/** `2026-11-21T22:33:44.123456Z`: `time` and `micros` together; empty where there is none. */
export const preciseTime = ({ time, micros }: LogLine): string =>
  typeof time === 'string' ? time.replace(/Z$/, `${String(micros ?? 0).padStart(3, '0')}Z`) : '';

/** As `--json` prints it: what the line has, its other fields as the record that it was. */
export const lineDocument = (line: LogLine): Readonly<Record<string, unknown>> => {
  const { time, micros, fields, malformed, ...rest } = line;
  const present = Object.entries(rest).filter(([, value]) => value !== null);
  return {
    ...(time === null ? {} : { time: preciseTime(line) }),
    ...Object.fromEntries(present),
    ...(typeof fields === 'string' ? { fields: recordOf(fields) } : {}),
    ...(malformed === true ? { malformed } : {}),
  };
};

const recordOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
