/** One cell of a table; `paint` is applied after padding, because colour codes have no width. */
export interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
  readonly paint?: (text: string) => string;
}

export const left = (text: string, paint?: (text: string) => string): Cell => ({
  text,
  align: 'left',
  ...(paint === undefined ? {} : { paint }),
});

export const right = (text: string, paint?: (text: string) => string): Cell => ({
  text,
  align: 'right',
  ...(paint === undefined ? {} : { paint }),
});

/** Lines of a table, columns as wide as their widest cell, `gap` spaces apart, nothing after the last one. */
export const alignRows = (rows: readonly (readonly Cell[])[], gap = 2): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, cell.text.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const last = column === row.length - 1;
        const padded =
          cell.align === 'right' ? cell.text.padStart(width) : last ? cell.text : cell.text.padEnd(width);
        return cell.paint === undefined ? padded : cell.paint(padded);
      })
      .join(' '.repeat(gap)),
  );
};

/** At most `width` characters, the last one an ellipsis when something was left out. */
export const shorten = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;

/**
 * Lines of at most `width` characters, broken between words, but not between a figure and its %; a longer word is left
 * whole, so that it can be copied.
 */
export const wrapWords = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text
    .trim()
    .replace(/\s+/g, ' ')
    .split(/ (?!%)/)
    .filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
};

/** Width of the labels at the left edge of every display. */
export const labelWidth = 12;

/** Lines under one label: the label stands beside the first, the others are indented as far. */
export const section = (
  label: string,
  lines: readonly string[],
  paint: (text: string) => string,
): readonly string[] =>
  lines.map((line, index) =>
    `${index === 0 ? paint(label.padEnd(labelWidth)) : ' '.repeat(labelWidth)}${line}`.trimEnd(),
  );
