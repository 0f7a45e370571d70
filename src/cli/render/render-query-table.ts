import type { SqlCell, SqlPage } from '../../platform/ports/sql-engine.ts';
import { alignRows, type Cell, left, right, shorten } from './layout-text.ts';
import { type Layout, palette } from './palette.ts';
import { oneLine } from './terminal-text.ts';

const numeric = /^(tinyint|smallint|integer|bigint|real|double|decimal|hugeint|ubigint)\b/;
const narrowest = 12;
const gap = 2;

/** Rows under the names of their columns; a cell takes one line, and in a terminal no more than its share of the width. */
export const renderQueryTable = (
  { columns, rows }: Pick<SqlPage, 'columns' | 'rows'>,
  { columns: width, colour }: Layout,
  {
    hasTitles,
    isCut,
    isForTerminal,
  }: { readonly hasTitles: boolean; readonly isCut: boolean; readonly isForTerminal: boolean },
): string => {
  const paint = palette(colour);
  const textOf = (text: string): string => oneLine(text, isForTerminal).replaceAll('\t', ' ');
  const titles = columns.map(({ name }) => textOf(name));
  const texts = rows.map((row) => columns.map((_, n) => cellText(row[n] ?? null, textOf)));
  const needed = columns.map((_, n) =>
    [titles, ...texts].reduce((most, line) => Math.max(most, line[n]?.length ?? 0), 0),
  );
  const widest = isCut ? shareOf(needed, width - gap * (columns.length - 1)) : Infinity;
  const cellOf = (text: string, n: number, paintCell?: Cell['paint']): Cell =>
    (numeric.test(columns[n]?.type ?? '') ? right : left)(shorten(text, widest), paintCell);
  const lines = texts.map((line) => line.map((text, n) => cellOf(text, n)));
  const first = titles.map((name, n) => cellOf(name, n, paint.faint));
  return alignRows([...(hasTitles ? [first] : []), ...lines], gap)
    .map((line) => line.trimEnd())
    .join('\n');
};

const cellText = (cell: SqlCell, textOf: (text: string) => string): string =>
  cell === null ? '-' : textOf(String(cell));

/** The most that a column may have, so that all fit: narrow ones have what they need, the others equal parts of what is left. */
const shareOf = (needed: readonly number[], room: number): number => {
  let left = room;
  const ascending = [...needed].sort((a, b) => a - b);
  for (const [n, width] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - n));
    if (width > share) return Math.max(narrowest, share);
    left -= width;
  }
  return Infinity;
};
