import type { RunSummary } from '../../run/summary.ts';
import type { Verdict } from '../../stats/decide-verdict.ts';
import type { ThresholdResult } from '../../stats/evaluate-thresholds.ts';
import { formatCount, formatMillis, formatPercent, formatRate, printable } from './format-figures.ts';
import { alignRows, type Cell, left, right, shorten, wrapWords } from './layout-text.ts';
import type { Layout, Palette } from './palette.ts';

/** The unit is the one of the figure that the threshold's text begins with. */
const thresholdValue = ({ text, value }: ThresholdResult): string => {
  if (value === null) return 'nothing';
  if (text.startsWith('failures')) return formatPercent(value);
  if (text.startsWith('rate')) return `${formatRate(value)}/s`;
  return `${formatMillis(value)} ms`;
};

/** What was counted; its step is named by the threshold already. */
const populationText = ({ count, population, text }: ThresholdResult): string => {
  const [words = '', step] = population.split(' of ', 2);
  return `${formatCount(count)} ${printable(step !== undefined && text.includes(step) ? words : population)}`;
};

const narrowestThreshold = 24;

/** The text of a threshold in at most `width` characters; what is left out is part of a step's name, never the limit. */
const shownThreshold = (text: string, width: number): string => {
  const limit = /\)? (?:<|<=|>|>=) \S+$/.exec(text)?.[0] ?? '';
  return `${shorten(text.slice(0, text.length - limit.length), width - limit.length)}${limit}`;
};

const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));

/** Each threshold with its value and what it was judged on. */
export const renderThresholds = (summary: RunSummary, layout: Layout, paint: Palette): readonly string[] => {
  const { thresholds } = summary;
  if (thresholds.length === 0) return [paint.faint('The plan sets no thresholds.')];
  const marks = thresholds.map(({ met }) => (met ? 'met' : 'MISSED'));
  const values = thresholds.map(thresholdValue);
  const populations = thresholds.map(populationText);
  const room = layout.columns - widest(marks) - widest(values) - 3 * 2;
  const texts = thresholds.map(({ text }) =>
    shownThreshold(printable(text), Math.max(narrowestThreshold, room - widest(populations))),
  );
  const rows = thresholds.map(({ met }, index): readonly Cell[] => {
    const mark = met ? paint.good : paint.bad;
    return [
      left(marks[index] ?? '', mark),
      left(texts[index] ?? ''),
      right(values[index] ?? '', mark),
      left(shorten(populations[index] ?? '', Math.max(8, room - widest(texts))), paint.faint),
    ];
  });
  return [paint.strong('Thresholds'), ...alignRows(rows)];
};

const checkFigure = (value: number, unit: string): string => {
  switch (unit) {
    case 'ms':
      return `${formatMillis(value)} ms`;
    case 'fraction':
      return formatPercent(value);
    default:
      return formatCount(value);
  }
};

/** What says whether the numbers can be trusted: figure and limit of each check. */
export const renderChecks = (verdict: Verdict, paint: Palette): readonly string[] => {
  if (verdict.checks.length === 0) return [];
  const rows = verdict.checks.map((check): readonly Cell[] => {
    const mark = check.met ? paint.good : paint.bad;
    return [
      left(check.met ? 'ok' : 'BROKEN', mark),
      left(printable(check.name)),
      right(checkFigure(check.value, check.unit), mark),
      left(`limit ${checkFigure(check.limit, check.unit)}`, paint.faint),
    ];
  });
  return [paint.strong('Can the numbers be trusted?'), ...alignRows(rows)];
};

const errorsShown = 10;

/** Kinds of failure with an example of each, then reasons for drops. */
export const renderErrors = (summary: RunSummary, layout: Layout, paint: Palette): readonly string[] => {
  const { errors, drops } = summary;
  if (errors.length === 0 && drops.length === 0) return [];
  const countWidth = widest([...errors, ...drops].map(({ count }) => formatCount(count)));
  const lines = errors.slice(0, errorsShown).flatMap((error) => {
    const count = paint.bad(formatCount(error.count).padStart(countWidth));
    const kind = printable(error.kind);
    const step = printable(error.step);
    const example = printable(error.example);
    const where = example.startsWith(step) ? '' : ` in ${step}`;
    const indent = ' '.repeat(countWidth + 2);
    return [
      `${count}  ${kind}${where}`,
      ...wrapWords(`e.g. ${example}`, layout.columns - indent.length).map(
        (line) => `${indent}${paint.faint(line)}`,
      ),
    ];
  });
  const more = errors.length - errorsShown;
  return [
    `${paint.strong('Errors')}${summary.warmup === null ? '' : paint.faint('  of the whole run, warm-up included')}`,
    ...lines,
    ...(more > 0 ? [paint.faint(`and ${more} more kinds: they are all in the JSON summary`)] : []),
    ...drops.map(
      (drop) =>
        `${paint.bad(formatCount(drop.count).padStart(countWidth))}  dropped: ${printable(drop.reason)}`,
    ),
  ];
};
