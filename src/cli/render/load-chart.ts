import { bucketRows } from '../../scaling/simulate/bucket-rows.ts';
import type { SimulationRow } from '../../scaling/simulate/simulation.ts';
import { formatCount } from './format-figures.ts';
import { type Layout, type Palette, palette } from './palette.ts';

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const chartLines = 10;
const leastScaleWidth = 13;
/** Load that isn't served. */
const tooMuch = '░';

const figure = (value: number): string =>
  value < 10 && value % 1 !== 0 ? value.toFixed(1) : formatCount(value);

/** One line of bars, from 0 to the highest. */
const spark = (values: readonly number[]): string => {
  const highest = Math.max(...values, 0);
  return values
    .map((value) => (value <= 0 ? ' ' : (eighths[Math.max(1, Math.round((8 * value) / highest))] ?? '█')))
    .join('');
};

/** Load as a filled area, what tasks could serve as a line over it; where the area is above the line, it is too much. */
const chartLine = (rows: readonly SimulationRow[], line: number, highest: number, paint: Palette): string => {
  const unit = highest / chartLines;
  const bottom = (chartLines - 1 - line) * unit;
  return rows
    .map(({ load, capacity, dropped }) => {
      // Of several services one may drop what another has room for.
      const served = Math.min(load - dropped, capacity);
      const isCapacityHere =
        capacity >= bottom && (capacity < bottom + unit || (line === 0 && capacity <= bottom + unit));
      const fill = Math.max(0, Math.min(8, Math.round((8 * (load - bottom)) / unit)));
      if (fill === 0) return isCapacityHere ? paint.good('─') : ' ';
      if (served < load && bottom + unit / 2 > served) return fill < 4 ? ' ' : paint.bad(tooMuch);
      return isCapacityHere && fill < 5 ? paint.good('─') : paint.label(eighths[fill] ?? '█');
    })
    .join('');
};

/** `1h05m`, `12m30s`, `50m`: without what is zero at the end. */
export const formatClock = (seconds: number): string => {
  const [large, small, names] =
    seconds < 3600
      ? [Math.floor(seconds / 60), Math.floor(seconds % 60), ['m', 's']]
      : [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), ['h', 'm']];
  if (seconds === 0) return '0';
  if (large === 0) return `${small}${names[1]}`;
  return `${large}${names[0]}${small === 0 ? '' : `${String(small).padStart(2, '0')}${names[1]}`}`;
};

const timeLine = (seconds: number, width: number): string => {
  const marks = [0, 0.25, 0.5, 0.75, 1];
  const cells = Array.from({ length: width }, () => ' ');
  for (const mark of marks) {
    const text = formatClock(seconds * mark);
    const at = Math.round(mark * width - mark * text.length);
    for (const [offset, letter] of [...text].entries()) cells[at + offset] = letter;
  }
  return cells.join('').trimEnd();
};

interface Strip {
  readonly title: string;
  readonly of: (row: SimulationRow) => number;
  readonly paint?: (text: string) => string;
}

/** Those that are never zero, each with its highest in its title. */
const stripsOf = (rows: readonly SimulationRow[], paint: Palette): readonly Strip[] => {
  const strips: readonly Strip[] = [
    { title: 'desired', of: ({ desired }) => desired },
    { title: 'running', of: ({ running }) => running },
    { title: 'nodes', of: ({ instances }) => instances },
    { title: 'queued', of: ({ queued }) => queued, paint: paint.doubtful },
    { title: 'dropped', of: ({ dropped }) => dropped, paint: paint.bad },
  ];
  return strips.flatMap((strip) => {
    const most = rows.reduce((highest, row) => Math.max(highest, strip.of(row)), 0);
    return most <= 0.001 ? [] : [{ ...strip, title: `${strip.title} ${figure(most)}` }];
  });
};

/**
 * A simulation over its time, as wide as the layout allows.
 * @param seconds That the rows stand for, evenly.
 */
export const loadChart = (
  rows: readonly SimulationRow[],
  seconds: number,
  { columns, colour }: Layout,
): readonly string[] => {
  const paint = palette(colour);
  const strips = stripsOf(rows, paint);
  const scaleWidth = Math.max(leastScaleWidth, ...strips.map(({ title }) => title.length + 1));
  const width = Math.max(20, columns - scaleWidth - 1);
  const wide = bucketRows(rows, width);
  const shown = Array.from({ length: width }, (_, column) => {
    // A simulation shorter than the chart is drawn as wide all the same.
    const row = wide[Math.floor((column * wide.length) / width)];
    return row as SimulationRow;
  });
  // Capacity far above the load would leave a flat line of it.
  const peak = Math.max(...shown.map(({ load }) => load), 1e-9);
  const highest = Math.min(Math.max(peak, ...shown.map(({ capacity }) => capacity)), 2 * peak) * 1.02;
  const label = (text: string): string => paint.faint(`${text.padStart(scaleWidth - 1)} `);
  const chart = Array.from({ length: chartLines }, (_, line) => {
    const isLabelled = line === 0 || line === chartLines - 1 || line === chartLines / 2;
    const text = isLabelled ? figure((highest * (chartLines - line)) / chartLines) : '';
    return `${label(line === chartLines - 1 ? '0' : text)}${paint.faint('│')}${chartLine(shown, line, highest, paint)}`.trimEnd();
  });
  const stripLine = ({ title, of, paint: own = (text) => text }: Strip): string =>
    `${label(title)}${paint.faint('│')}${own(spark(shown.map(of)).trimEnd())}`;
  return [
    ...chart,
    `${label('')}${paint.faint('└')}${paint.faint(timeLine(seconds, width))}`,
    ...strips.map(stripLine),
  ];
};
