import type { SqlCell, SqlColumn } from '../platform/ports/sql-engine.ts';
import { type CliContext, columnsOf, isTerminal, wantsColour } from './cli-context.ts';
import type { QueryPage } from './logs-place.ts';
import { renderQueryTable } from './render/render-query-table.ts';
import { jsonText, terminalText } from './render/terminal-text.ts';

export type QueryFormat = 'table' | 'json' | 'csv';

/** Writes pages of rows as they come. */
export interface QueryPrinter {
  page(page: QueryPage): void;
  /** After the last page. */
  end(): void;
}

export const queryPrinter = (format: QueryFormat, context: CliContext): QueryPrinter => {
  const { stdout, env } = context;
  const isForTerminal = stdout.isTTY === true;
  if (format === 'csv')
    return csvPrinter((text) => void stdout.write(isForTerminal ? terminalText(text) : text));
  if (format === 'json') return jsonPrinter((text) => void stdout.write(text));
  const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
  const isCut = isTerminal(stdout, env);
  let hasTitles = true;
  return {
    page(page) {
      // An empty page has its titles' line only.
      if (hasTitles || page.rows.length > 0)
        stdout.write(`${renderQueryTable(page, layout, { hasTitles, isCut, isForTerminal })}\n`);
      hasTitles = false;
    },
    end() {},
  };
};

/** RFC 4180: lines end with CRLF; null is nothing, and an empty text is two quotes. */
const csvPrinter = (write: (text: string) => void): QueryPrinter => {
  let hasTitles = true;
  return {
    page({ columns, rows }) {
      const lines = rows.map((row) => row.map(csvCell));
      const all = hasTitles ? [columns.map(({ name }) => csvCell(name)), ...lines] : lines;
      hasTitles = false;
      write(all.map((line) => `${line.join(',')}\r\n`).join(''));
    },
    end() {},
  };
};

const csvCell = (cell: SqlCell): string => {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One array of objects, a row a line. */
const jsonPrinter = (write: (text: string) => void): QueryPrinter => {
  let separator = '[\n';
  return {
    page({ columns, rows }) {
      const names = namesOf(columns);
      for (const row of rows) {
        write(
          `${separator}  ${jsonText(Object.fromEntries(names.map((name, n) => [name, row[n] ?? null])))}`,
        );
        separator = ',\n';
      }
    },
    end: () => write(separator === '[\n' ? '[]\n' : '\n]\n'),
  };
};

/** Each once: a second `count` is `count_2`. */
const namesOf = (columns: readonly SqlColumn[]): readonly string[] => {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let n = 2; taken.has(unique); n++) unique = `${name}_${n}`;
    taken.add(unique);
    return unique;
  });
};
