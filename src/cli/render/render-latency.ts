import type { RunSummary, StepSummary } from '../../run/summary.ts';
import type { Latency } from '../../stats/latency.ts';
import { decimalsFor, formatCount, formatMillis, printable } from './format-figures.ts';
import { alignRows, type Cell, labelWidth, left, right, shorten, wrapWords } from './layout-text.ts';
import type { Layout, Palette } from './palette.ts';

const figures = ['p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
const heading: Readonly<Record<(typeof figures)[number], string>> = {
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  p999: 'p99.9',
  max: 'max',
};

const allFigures = (latencies: readonly (Latency | null)[]): readonly number[] =>
  latencies.flatMap((latency) => (latency === null ? [] : figures.map((figure) => latency[figure])));

const explanation = (corrected: boolean): string =>
  corrected
    ? 'Response time counts from when a request should have been sent, so it includes waiting; service time counts from when it was written.'
    : 'Virtual users wait for answers, so stalls of the target hide from these figures: response times are not corrected.';

/** Response and service time side by side in milliseconds, with the line that tells them apart. */
export const renderLatency = (summary: RunSummary, layout: Layout, paint: Palette): readonly string[] => {
  const { response, service, connect } = summary.latencyMillis;
  if (response === null && service === null)
    return [paint.faint('No request succeeded, so there are no times to show.')];
  const decimals = decimalsFor(allFigures([response, service]));
  const row = (name: string, latency: Latency | null): readonly Cell[] => [
    left(name.padEnd(labelWidth - 2), paint.label),
    ...figures.map((figure) => right(formatMillis(latency?.[figure], decimals))),
  ];
  const rows = [
    [left('ms', paint.faint), ...figures.map((figure) => right(heading[figure], paint.faint))],
    row(summary.corrected ? 'response' : 'response*', response),
    row('service', service),
    ...(connect === null ? [] : [row('connecting', connect)]),
  ];
  const star = summary.corrected ? '' : '* ';
  return [
    ...alignRows(rows),
    ...wrapWords(`${star}${explanation(summary.corrected)}`, layout.columns).map(paint.faint),
  ];
};

const wide = 100;
const stepFigures = ['p50', 'p95', 'p99'] as const;

/** One line for each step; service times only where there is room for them. */
export const renderSteps = (
  steps: readonly StepSummary[],
  layout: Layout,
  paint: Palette,
): readonly string[] => {
  if (steps.length === 0) return [];
  const both = layout.columns >= wide;
  const latencies = steps.flatMap((step) => [step.latencyMillis.response, step.latencyMillis.service]);
  const decimals = Math.min(2, decimalsFor(allFigures(latencies)));
  const cells = (latency: Latency | null): readonly Cell[] =>
    stepFigures.map((figure) => right(formatMillis(latency?.[figure], decimals)));
  const titles = (metric: string): readonly Cell[] =>
    stepFigures.map((figure, index) => right(index === 0 ? `${metric} ${figure}` : figure, paint.faint));
  const rows = steps.map((step): readonly Cell[] => [
    left(shorten(printable(step.name), both ? 34 : 28)),
    right(formatCount(step.completed)),
    right(formatCount(step.failed), step.failed > 0 ? paint.bad : undefined),
    ...cells(step.latencyMillis.response),
    ...(both ? cells(step.latencyMillis.service) : []),
  ]);
  return alignRows([
    [
      left('Steps', paint.strong),
      right('completed', paint.faint),
      right('failed', paint.faint),
      ...titles('response'),
      ...(both ? titles('service') : []),
    ],
    ...rows,
  ]);
};
