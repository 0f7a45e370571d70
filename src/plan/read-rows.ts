import { CsvError, parse } from 'csv-parse/sync';
import { DocumentInvalidError } from '../errors.ts';
import type { DataRow } from './data-rows.ts';

export type ParsedRows =
  | { readonly kind: 'rows'; readonly columns: readonly string[]; readonly rows: readonly DataRow[] }
  | { readonly kind: 'problem'; readonly expected: string };

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const problem = (expected: string): ParsedRows => ({ kind: 'problem', expected });

const decode = (body: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
};

const columnProblem = (columns: readonly string[]): string | undefined => {
  const empty = columns.indexOf('');
  if (empty >= 0) return `a name for each column; column ${empty + 1} has none`;
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  return twice === undefined ? undefined : `different column names; ${JSON.stringify(twice)} is there twice`;
};

/** Reads a CSV file in UTF-8 with a header row; blank lines don't count. Row numbers in messages are lines of the file. */
export const parseRows = (body: Uint8Array): ParsedRows => {
  const text = decode(body);
  if (text === undefined) return problem('a CSV file in UTF-8');
  let records: readonly CsvRecord[];
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true };
    // With `info` each record comes in an object, which the library's types don't say.
    records = parse(text, options) as unknown as readonly CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return problem(`a well-formed CSV file (${error.message})`);
  }
  const [header, ...rest] = records;
  if (header === undefined) return problem('a CSV file with a header row; it is empty');
  const columns = header.record.map((column) => column.trim());
  const wrong = columnProblem(columns);
  if (wrong !== undefined) return problem(wrong);
  if (rest.length === 0) return problem('at least one row below the header row');
  const rows: DataRow[] = [];
  for (const { record, info } of rest) {
    if (record.length !== columns.length) {
      return problem(
        `${columns.length} values in each row, as in the header; the row that ends at line ${info.lines} has ${record.length}`,
      );
    }
    rows.push(Object.fromEntries(columns.map((column, index) => [column, record[index] ?? ''])));
  }
  return { kind: 'rows', columns, rows };
};

/**
 * The rows of an uploaded data file, in order.
 * @throws DocumentInvalidError when it isn't the CSV file that was checked with the plan.
 */
export const readRows = (body: Uint8Array): readonly DataRow[] => {
  const parsed = parseRows(body);
  if (parsed.kind === 'rows') return parsed.rows;
  throw new DocumentInvalidError(
    `The data file can't be read: expected ${parsed.expected}. Start the run again.`,
  );
};
