import type { DecisionRow } from '../../scaling/decisions/decision-row.ts';
import { printable } from './format-figures.ts';
import { wrapWords } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';

const paintOf: Readonly<Record<DecisionRow['outcome'], keyof Palette>> = {
  out: 'good',
  in: 'label',
  hold: 'faint',
};

/** As wide as `hold`. */
const outcomeWidth = 4;
const timeWidth = '09:31:00'.length;

const dayOf = ({ at }: DecisionRow): string => at.slice(0, 10);

/** Nothing needs saying of what was done, nor of what was left alone. */
const notDone = ({ carriedOut }: DecisionRow): string =>
  carriedOut === '' || carriedOut === 'done' ? '' : ` [${carriedOut}]`;

const figuresOf = (row: DecisionRow): string => {
  try {
    return Object.entries(JSON.parse(row.figures) as Record<string, unknown>)
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ');
  } catch {
    return row.figures;
  }
};

/** A paragraph for each decision, in the order given; a line for each new day. Times are UTC. */
export const renderDecisions = (
  rows: readonly DecisionRow[],
  withFigures: boolean,
  { columns, colour }: Layout,
): string => {
  const paint = palette(colour);
  const indent = timeWidth + outcomeWidth + 4;
  const clusters = new Set(rows.map(({ cluster }) => cluster));
  const lines: string[] = [];
  let day = '';
  for (const row of rows) {
    if (dayOf(row) !== day) {
      day = dayOf(row);
      lines.push(paint.faint(`${day} (UTC)`));
    }
    const where = clusters.size > 1 ? `${row.cluster} ` : '';
    const text = printable(`${where}${row.sentence}${notDone(row)}`);
    const head = `${paint.faint(row.at.slice(11, 19))}  ${paint[paintOf[row.outcome]](row.outcome.padEnd(outcomeWidth))}  `;
    for (const [index, line] of wrapWords(text, columns - indent).entries())
      lines.push(index === 0 ? `${head}${line}` : `${' '.repeat(indent)}${line}`);
    if (!withFigures) continue;
    for (const line of wrapWords(printable(figuresOf(row)), columns - indent))
      lines.push(`${' '.repeat(indent)}${paint.faint(line)}`);
  }
  return lines.join('\n');
};
