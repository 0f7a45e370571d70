/** What one part of the bench found: a table, and what the project promises of it. */
export interface ResultTable {
  readonly title: string;
  /** One line on what was done. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly aims: readonly Aim[];
  readonly notes: readonly string[];
}

export interface Aim {
  readonly text: string;
  /** What was measured, with its unit. */
  readonly measured: string;
  /** Undefined when there was nothing to judge. */
  readonly met: boolean | undefined;
}

export const renderTable = ({ title, about, columns, rows, aims, notes }: ResultTable): string =>
  [
    `## ${title}`,
    about,
    markdownTable(columns, rows),
    [
      ...aims.map((aim) => `- ${verdictOf(aim)}: ${aim.text} (measured: ${aim.measured})`),
      ...notes.map((note) => `- ${note}`),
    ].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');

const verdictOf = ({ met }: Aim): string => {
  if (met === undefined) return 'not judged';
  return met ? 'met' : '**missed**';
};

/** A Markdown table whose columns are padded, so that it reads well in a terminal too. */
export const markdownTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string => {
  if (rows.length === 0) return '';
  const widths = columns.map((column, index) =>
    Math.max(3, column.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, index) => padded(cells[index] ?? '', width, index)).join(' | ')} |`;
  const rule = `| ${widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
};

const padded = (cell: string, width: number, index: number): string =>
  index === 0 ? cell.padEnd(width) : cell.padStart(width);
