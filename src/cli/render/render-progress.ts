import type { RunProgress } from '../../run/run-progress.ts';
import {
  formatCount,
  formatFactor,
  formatMillis,
  formatRate,
  formatSeconds,
  printable,
} from './format-figures.ts';
import { labelWidth, section, wrapWords } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';

const bar = (fraction: number, width: number, paint: Palette): string => {
  const filled = Math.round(Math.max(0, Math.min(1, fraction)) * width);
  return `${paint.good('█'.repeat(filled))}${paint.faint('░'.repeat(width - filled))}`;
};

const timeText = (progress: RunProgress): string => {
  const { elapsedSeconds, durationSeconds } = progress;
  if (elapsedSeconds === undefined) return `${formatSeconds(durationSeconds)} planned`;
  if (elapsedSeconds < 0) return `starts in ${formatSeconds(-elapsedSeconds)}`;
  // Answers still come in after the last arrival; the bar is full by then.
  return `${formatSeconds(Math.min(elapsedSeconds, durationSeconds))} of ${formatSeconds(durationSeconds)}`;
};

const hasStarted = ({ elapsedSeconds }: RunProgress): boolean =>
  elapsedSeconds !== undefined && elapsedSeconds >= 0;

const askedText = (progress: RunProgress): string =>
  progress.model === 'open'
    ? `${formatRate(progress.asked)} arrivals/s asked`
    : `${formatCount(progress.asked)} users asked`;

const workersText = ({ workers }: RunProgress, paint: Palette): string => {
  const ready = `${workers.ready} of ${workers.wanted} ready`;
  return workers.lost === 0 ? ready : `${ready}   ${paint.bad(`${workers.lost} lost`)}`;
};

const failedText = (progress: RunProgress, paint: Palette): string => {
  const { failed, dropped } = progress.totals;
  const text = `${formatCount(failed)} failed`;
  const drops = `${formatCount(dropped)} dropped`;
  return `${failed > 0 ? paint.bad(text) : text}   ${dropped > 0 ? paint.bad(drops) : drops}`;
};

const endingText = ({ ending }: RunProgress): string | undefined =>
  ending && `${ending.by === 'abort' ? 'ended early' : 'stopped'}: ${printable(ending.reason)}`;

const endingLines = (progress: RunProgress, layout: Layout): readonly string[] =>
  wrapWords(endingText(progress) ?? '', layout.columns - labelWidth);

/** The live block: several lines that are redrawn in place. Rates and percentiles are of the last full seconds. */
export const renderProgress = (progress: RunProgress, layout: Layout): string => {
  const paint = palette(layout.colour);
  const { recent, totals, durationSeconds, elapsedSeconds } = progress;
  const time = timeText(progress);
  const scale =
    progress.rateScale === 1 ? '' : `   ${paint.doubtful(`rate ${formatFactor(progress.rateScale)}`)}`;
  const width = Math.max(10, Math.min(40, layout.columns - time.length - 4));
  const fraction = durationSeconds === 0 ? 0 : Math.max(0, elapsedSeconds ?? 0) / durationSeconds;
  const load =
    recent === null
      ? hasStarted(progress)
        ? askedText(progress)
        : paint.faint('not yet')
      : `${askedText(progress)}   ${formatRate(recent.startedPerSecond)} requests/s sent   ${formatCount(recent.inFlight)} in flight`;
  const times = (p50: number | null, p99: number | null, note: string): string =>
    `p50 ${formatMillis(p50)} ms   p99 ${formatMillis(p99)} ms   ${paint.faint(note)}`;
  const response =
    recent === null
      ? paint.faint('nothing measured yet')
      : times(recent.p50Millis, recent.p99Millis, `from when due, last ${recent.seconds} s`);
  const service =
    recent === null ? [] : [times(recent.serviceP50Millis, recent.serviceP99Millis, 'from when written')];
  return [
    `${paint.strong(progress.runId)}   ${progress.phase}${scale}`,
    `${bar(fraction, width, paint)}  ${time}`,
    ...section('load', [load], paint.label),
    ...section('response', [response], paint.label),
    ...section('service', service, paint.label),
    ...section(
      'so far',
      [`${formatCount(totals.completed)} completed   ${failedText(progress, paint)}`],
      paint.label,
    ),
    ...section('workers', [workersText(progress, paint)], paint.label),
    ...section(
      'ending',
      endingLines(progress, layout),
      progress.ending?.by === 'abort' ? paint.bad : paint.label,
    ),
  ].join('\n');
};

/** The same in one line without colour, for logs. */
export const renderProgressLine = (progress: RunProgress): string => {
  const { recent, totals, workers } = progress;
  const lost = workers.lost === 0 ? '' : `, ${workers.lost} lost`;
  const ending = endingText(progress);
  const parts = [
    progress.phase,
    timeText(progress),
    ...(hasStarted(progress) ? [askedText(progress)] : []),
    ...(recent === null
      ? []
      : [
          `${formatRate(recent.startedPerSecond)} requests/s sent`,
          `${formatCount(recent.inFlight)} in flight`,
          `response p50 ${formatMillis(recent.p50Millis)} ms, p99 ${formatMillis(recent.p99Millis)} ms`,
          `service p50 ${formatMillis(recent.serviceP50Millis)} ms, p99 ${formatMillis(recent.serviceP99Millis)} ms`,
        ]),
    `${formatCount(totals.failed)} failed`,
    `${formatCount(totals.dropped)} dropped`,
    `workers ${workers.ready}/${workers.wanted}${lost}`,
    ...(ending === undefined ? [] : [ending]),
  ];
  return parts.join(' | ');
};
