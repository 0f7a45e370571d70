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
    : 'Response time counts from when a user came to send a request, service time from when it was written. Users wait for answers, so stalls of the target hide from both: response times are not corrected.';

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

/** Response above service time where requests succeeded, and how long failed ones took where there are any. */
const shownTimes = ({
  latencyMillis: { response, service, failed },
}: StepSummary): readonly (readonly [metric: string, latency: Latency | null])[] => {
  const times: (readonly [string, Latency | null])[] = [];
  if (response !== null || service !== null || failed === null)
    times.push(['response', response], ['service', service]);
  if (failed !== null) times.push(['failed', failed]);
  return times;
};

/** Two or three lines for each step: its counts, and its times below each other. */
export const renderSteps = (
  steps: readonly StepSummary[],
  layout: Layout,
  paint: Palette,
): readonly string[] => {
  if (steps.length === 0) return [];
  const isWide = layout.columns >= wide;
  const shown = isWide ? figures : (['p50', 'p95', 'p99'] as const);
  const succeeded = allFigures(
    steps.flatMap(({ latencyMillis: { response, service } }) => [response, service]),
  );
  const failed = allFigures(steps.map(({ latencyMillis }) => latencyMillis.failed));
  const decimals = Math.min(2, decimalsFor(succeeded.length > 0 ? succeeded : failed));
  const times = (metric: string, latency: Latency | null): readonly Cell[] => [
    left(metric, paint.faint),
    ...shown.map((figure) => right(formatMillis(latency?.[figure], decimals))),
  ];
  const blank = [left(''), left(''), left('')];
  const countsOf = ({ name, completed, failed }: StepSummary): readonly Cell[] => [
    left(shorten(printable(name), isWide ? 34 : 28)),
    right(formatCount(completed)),
    right(formatCount(failed), failed > 0 ? paint.bad : undefined),
  ];
  const rows = steps.flatMap((step) =>
    shownTimes(step).map(([metric, latency], index): readonly Cell[] => [
      ...(index === 0 ? countsOf(step) : blank),
      ...times(metric, latency),
    ]),
  );
  return alignRows([
    [
      left('Steps', paint.strong),
      right('completed', paint.faint),
      right('failed', paint.faint),
      left('ms', paint.faint),
      ...shown.map((figure) => right(heading[figure], paint.faint)),
    ],
    ...rows,
  ]);
};
