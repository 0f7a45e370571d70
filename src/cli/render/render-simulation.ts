import { compareResults } from '../../scaling/simulate/compare-results.ts';
import type { SimulationReport } from '../simulation-report.ts';
import { formatCount, formatPercent, formatSeconds } from './format-figures.ts';
import { alignRows, type Cell, left, right, section, wrapWords } from './layout-text.ts';
import { formatClock, loadChart } from './load-chart.ts';
import { type Layout, type Palette, palette } from './palette.ts';

type Summary = SimulationReport['runs'][number]['summary'];

const money = (usd: number): string => `$${usd.toFixed(usd < 1 ? 4 : 2)}`;

const hours = (value: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Alike in all runs of a sweep, or of no use there. */
const unswept = new Set(['requests', 'use of tasks', 'most nodes', 'task-hours', 'interruptions']);

/** What is compared, in the order of what matters to whom is served. */
export const simulationFigures: readonly {
  readonly name: string;
  readonly of: (summary: Summary) => string;
  /** Left out where nobody has any. */
  readonly isShown: (summary: Summary) => boolean;
}[] = [
  { name: 'requests', of: ({ requests }) => formatCount(requests), isShown: () => true },
  {
    name: 'dropped',
    of: ({ dropped, droppedShare }) => `${formatCount(dropped)} (${formatPercent(droppedShare)})`,
    isShown: () => true,
  },
  {
    name: 'time with drops',
    of: ({ droppingSeconds }) => formatSeconds(droppingSeconds),
    isShown: ({ droppingSeconds }) => droppingSeconds > 0,
  },
  {
    name: 'longest wait',
    of: ({ worstDelaySeconds }) => formatSeconds(worstDelaySeconds),
    isShown: ({ worstDelaySeconds }) => worstDelaySeconds > 0,
  },
  { name: 'use of tasks', of: ({ use }) => formatPercent(use), isShown: () => true },
  { name: 'most tasks', of: ({ mostTasks }) => formatCount(mostTasks), isShown: () => true },
  {
    name: 'most nodes',
    of: ({ mostInstances }) => formatCount(mostInstances),
    isShown: ({ mostInstances }) => mostInstances > 0,
  },
  { name: 'task-hours', of: ({ taskHours }) => hours(taskHours), isShown: () => true },
  { name: 'node-hours', of: ({ nodeHours }) => hours(nodeHours), isShown: ({ nodeHours }) => nodeHours > 0 },
  { name: 'cost', of: ({ costUsd }) => money(costUsd), isShown: ({ costUsd }) => costUsd > 0 },
  {
    name: 'out / in',
    of: ({ outs, ins }) => `${formatCount(outs)} / ${formatCount(ins)}`,
    isShown: () => true,
  },
  {
    name: 'interruptions',
    of: ({ interruptions }) => formatCount(interruptions),
    isShown: ({ interruptions }) => interruptions > 0,
  },
];

const totalsTable = (runs: SimulationReport['runs'], paint: Palette): readonly string[] => {
  const summaries = runs.map(({ summary }) => summary);
  const title: readonly Cell[] = [left(''), ...summaries.map(({ scaler }) => right(scaler, paint.strong))];
  const rows = simulationFigures
    .filter(({ isShown }) => summaries.some(isShown))
    .map(({ name, of }): readonly Cell[] => [
      left(name, paint.label),
      ...summaries.map((summary) =>
        right(of(summary), name === 'dropped' && summary.droppedShare > 0.0001 ? paint.bad : undefined),
      ),
    ]);
  return alignRows(runs.length === 1 ? rows : [title, ...rows]);
};

/** Of many runs: a line each. */
const sweepTable = ({ runs, sweep }: SimulationReport, paint: Palette): readonly string[] => {
  const summaries = runs.map(({ summary }) => summary);
  const shown = simulationFigures.filter(
    ({ name, isShown }) => !unswept.has(name) && summaries.some(isShown),
  );
  const title = [left('every', paint.label), ...shown.map(({ name }) => right(name, paint.label))];
  const rows = summaries.map((summary) => {
    const isTaken = summary.everySeconds === sweep?.everySeconds;
    const style = isTaken ? paint.strong : undefined;
    return [left(summary.scaler, style), ...shown.map(({ of }) => right(of(summary), style))];
  });
  return alignRows([title, ...rows]);
};

/** What kept a policy from doing what it wanted: worth a word even when nothing was dropped. */
const obstacles = [
  'at-maximum',
  'fits-nowhere',
  'fits-but-unplaced',
  'capacity-overdue',
  'missing-data',
  'stale-data',
] as const;

const obstacleLines = (runs: SimulationReport['runs']): readonly string[] =>
  runs.flatMap(({ summary: { scaler, reasons } }) => {
    const met = obstacles.filter((reason) => (reasons[reason] ?? 0) > 0);
    const counts = met.map((reason) => `${reason} ${formatCount(reasons[reason] ?? 0)}x`);
    return met.length === 0 ? [] : [`${runs.length === 1 ? '' : `${scaler}: `}${counts.join(', ')}`];
  });

/** Which of two is to be preferred, in a sentence. */
export const comparisonSentence = ({ runs }: SimulationReport): string | undefined => {
  const [one, other] = runs;
  if (one === undefined || other === undefined || runs.length !== 2) return undefined;
  const { serves, costsLess, better } = compareResults(one.summary, other.summary);
  if (better !== undefined && serves === better && costsLess === better)
    return `${better} serves better and costs less.`;
  if (better !== undefined)
    return `${better} ${serves === better ? 'serves better' : 'costs less'}; else they are alike.`;
  if (serves === undefined) return 'They are alike, in what is served and in what it costs.';
  return `${serves} serves better, ${costsLess} costs less.`;
};

/** A simulation for the terminal: each run's chart, the figures side by side, what to make of them. No newline at the end. */
export const renderSimulation = (report: SimulationReport, layout: Layout): string => {
  const { runs, world, assumptions, sweep } = report;
  const paint = palette(layout.colour);
  const width = layout.columns - 12;
  const of = (label: string, texts: readonly string[]): readonly string[] =>
    section(
      label,
      texts.flatMap((text) => wrapWords(text, width)),
      paint.label,
    );
  const caption = wrapWords(
    'Load (area, ░ not served) and capacity (line), in requests a second. Beside each strip: its highest.',
    layout.columns,
  );
  const charts = sweep === undefined ? runs : [];
  return [
    `${paint.strong(world.load)} for ${formatClock(world.seconds)}: ${world.services.join(', ')}, seed ${world.seed}`,
    '',
    ...charts.flatMap(({ summary, rows }) => [
      ...(runs.length === 1 ? [] : [paint.strong(summary.scaler)]),
      ...loadChart(rows, world.seconds, layout),
      ...caption.map(paint.faint),
      '',
    ]),
    ...(sweep === undefined ? totalsTable(runs, paint) : sweepTable(report, paint)),
    '',
    ...of(
      'Advice',
      sweep === undefined
        ? [comparisonSentence(report) ?? ''].filter((text) => text !== '')
        : [sweep.sentence],
    ),
    ...of('Held up by', sweep === undefined ? obstacleLines(runs) : []),
    ...of('Assumed', assumptions),
  ]
    .join('\n')
    .trimEnd();
};
