import { formatDollars } from '../../document/format-quantity.ts';
import type { RunSummary } from '../../run/summary.ts';
import type { Outcome } from '../../stats/decide-verdict.ts';
import { formatCount, formatPercent, formatRate, formatSeconds, printable } from './format-figures.ts';
import { section, wrapWords } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';
import { changeLines, generatorLines, workerLines } from './render-generator.ts';
import { renderChecks, renderErrors, renderThresholds } from './render-judgement.ts';
import { renderLatency, renderSteps } from './render-latency.ts';

const paintOf: Readonly<Record<Outcome, keyof Palette>> = {
  passed: 'good',
  failed: 'bad',
  invalid: 'doubtful',
  stopped: 'doubtful',
  error: 'bad',
};

const headline = (summary: RunSummary, paint: Palette): string => {
  const outcome = paint.strong(paint[paintOf[summary.outcome]](summary.outcome.toUpperCase()));
  return `${outcome}  ${paint.strong(printable(summary.plan.name))} against ${printable(summary.plan.target)}`;
};

const reasonLines = (summary: RunSummary, layout: Layout, paint: Palette): readonly string[] => {
  const { reasons, warnings } = summary.verdict;
  const told = [
    ...reasons.map((text) => ({ text, mark: paint[paintOf[summary.outcome]] })),
    ...warnings.map((text) => ({ text: `Note: ${text}`, mark: paint.doubtful })),
  ];
  if (told.length === 0 && summary.outcome === 'passed') {
    const met = summary.thresholds.length === 0 ? 'No thresholds to miss' : 'Every threshold was met';
    return [`${met}, and nothing speaks against the numbers.`];
  }
  return told.flatMap(({ text, mark }) =>
    wrapWords(printable(text), layout.columns - 2).map(
      (line, index) => `${index === 0 ? mark('-') : ' '} ${line}`,
    ),
  );
};

const share = (part: number, whole: number): string =>
  part === 0 || whole === 0 ? '' : ` (${formatPercent(part / whole)})`;

/** Between the counts, which hold it, and the figures that don't. */
const warmupLines = ({ warmup }: RunSummary): readonly string[] =>
  warmup === null
    ? []
    : [
        `${formatSeconds(warmup.seconds)} in these counts, not in the figures below: ${formatCount(warmup.scheduled)} scheduled,`,
        `${formatCount(warmup.completed)} completed, ${formatCount(warmup.failed)} failed, ${formatCount(warmup.dropped)} dropped`,
      ];

const countLines = (summary: RunSummary, paint: Palette): readonly string[] => {
  const { scheduled, started, completed, failed, dropped, missed } = summary.requests;
  const begun = Math.max(0, scheduled - dropped - missed);
  const alarm = (count: number, text: string): string => (count > 0 ? paint.bad(text) : text);
  return [
    ...section(
      summary.corrected ? 'Arrivals' : 'Iterations',
      [
        `${formatCount(scheduled)} scheduled = ${formatCount(begun)} begun + ${alarm(dropped, `${formatCount(dropped)} dropped`)} + ${alarm(missed, `${formatCount(missed)} missed`)}`,
      ],
      paint.label,
    ),
    ...section(
      'Requests',
      [
        `${formatCount(started)} started = ${formatCount(completed)} completed + ${alarm(failed, `${formatCount(failed)} failed${share(failed, started)}`)}`,
      ],
      paint.label,
    ),
    ...section('Warm-up', warmupLines(summary), paint.label),
    ...section(
      'Rate',
      [
        `${formatRate(summary.rate.offered)} ${summary.corrected ? 'arrivals' : 'iterations'}/s offered, ${formatRate(summary.rate.achieved)} requests/s completed, over ${formatSeconds(summary.durationSeconds - (summary.warmup?.seconds ?? 0))}`,
      ],
      paint.label,
    ),
  ];
};

const costLines = ({ cost }: RunSummary): readonly string[] =>
  cost == null ? [] : [`${formatDollars(cost.usd)} for the workers, as far as prices are known`];

const aboutLines = (summary: RunSummary, timeline: string | null, paint: Palette): readonly string[] => [
  ...section('Generator', generatorLines(summary), paint.label),
  ...section('Workers', workerLines(summary, paint), paint.label),
  ...section('Changes', changeLines(summary), paint.label),
  ...section('Cost', costLines(summary), paint.label),
  ...section('Timeline', timeline === null ? [] : [timeline], paint.label),
  ...section('Run', [summary.runId], paint.label),
];

/** The summary as text, the outcome first, a blank line between parts, no newline at the end. `timeline` is its path. */
export const renderSummary = (
  summary: RunSummary,
  options: Layout & { readonly timeline?: string | null; readonly next?: readonly string[] },
): string => {
  const paint = palette(options.colour);
  const blocks: readonly (readonly string[])[] = [
    [headline(summary, paint), ...reasonLines(summary, options, paint)],
    countLines(summary, paint),
    renderLatency(summary, options, paint),
    renderSteps(summary.steps, options, paint),
    renderErrors(summary, options, paint),
    renderThresholds(summary, options, paint),
    renderChecks(summary.verdict, paint),
    aboutLines(summary, options.timeline ?? summary.timeline, paint),
    (options.next ?? []).length === 0
      ? []
      : [paint.strong('Next'), ...(options.next ?? []).map((line) => `  ${line}`.trimEnd())],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
};

/** The summary in one line, for `--quiet`. */
export const renderOutcomeLine = (summary: RunSummary): string => {
  const { completed, failed, dropped, missed } = summary.requests;
  const { response, service } = summary.latencyMillis;
  const counts = `${formatCount(completed)} completed, ${formatCount(failed)} failed, ${formatCount(dropped)} dropped, ${formatCount(missed)} missed`;
  const reason = summary.verdict.reasons[0];
  return [
    `${summary.outcome}: ${printable(summary.plan.name)} (${summary.runId})`,
    counts,
    ...(response === null || service === null
      ? []
      : [`response p99 ${response.p99.toFixed(1)} ms`, `service p99 ${service.p99.toFixed(1)} ms`]),
    ...(reason === undefined ? [] : [printable(reason)]),
  ].join(', ');
};
