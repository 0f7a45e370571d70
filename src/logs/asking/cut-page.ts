import type { SqlCell, SqlPage } from '../../platform/ports/sql-engine.ts';

/** A place within a page of the engine: rows of it that were handed out, and the engine's own cursor. */
export interface PagePlace {
  readonly skipped: number;
  readonly after: string | undefined;
}

/** `250~` and the engine's cursor: as `cutPage` makes them. */
export const parsePlace = (cursor: string | undefined): PagePlace => {
  const [, skipped, after] = /^(\d{1,6})~(.*)$/s.exec(cursor ?? '') ?? [];
  if (skipped === undefined) return { skipped: 0, after: cursor };
  return { skipped: Number(skipped), after: after === '' ? undefined : after };
};

/** Characters of a cell that alone would be too much for a page. */
const shownOfCell = 100_000;

/**
 * As many rows of an engine's page, from `place` on, as fit into so many bytes of JSON, and the cursor of those after them. Of a row
 * that doesn't fit by itself, long texts are cut, and say so.
 */
export const cutPage = (page: SqlPage, { skipped, after }: PagePlace, mostBytes: number): SqlPage => {
  const rows: (readonly SqlCell[])[] = [];
  let bytes = 0;
  for (const row of page.rows.slice(skipped)) {
    const size = sizeOf(row);
    if (rows.length > 0 && bytes + size > mostBytes)
      return { columns: page.columns, rows, next: `${skipped + rows.length}~${after ?? ''}` };
    rows.push(size > mostBytes ? row.map(cutCell) : row);
    bytes += Math.min(size, mostBytes);
  }
  return { columns: page.columns, rows, ...(page.next === undefined ? {} : { next: `0~${page.next}` }) };
};

const sizeOf = (row: readonly SqlCell[]): number => Buffer.byteLength(JSON.stringify(row)) + 1;

const cutCell = (cell: SqlCell): SqlCell =>
  typeof cell === 'string' && cell.length > shownOfCell
    ? `${cell.slice(0, shownOfCell)}… (cut: it has ${cell.length} characters)`
    : cell;
