import { counted, formatDollars, formatDuration, formatNumber } from '../../document/format-quantity.ts';
import type { Preflight } from '../../run/decide-preflight.ts';
import { printable } from './format-figures.ts';
import { wrapWords } from './layout-text.ts';
import { type Layout, palette } from './palette.ts';

const workersText = ({ workers, costUsd }: Preflight): string => {
  const { count, spot, vcpu, memoryGib } = workers;
  const size = `${counted(vcpu, 'vCPU')} and ${formatNumber(memoryGib)} GiB`;
  const onSpot = spot === 0 ? '' : `, ${spot === count ? 'all' : formatNumber(spot)} on spot capacity`;
  // Where load costs nothing there are no machines of its own.
  if (costUsd === null) return `${counted(count, 'worker')} on ${size}`;
  return `${counted(count, 'worker')} with ${size}${count === 1 ? '' : ' each'}${onSpot}`;
};

const launchText = ({ launchSeconds }: Preflight): string =>
  launchSeconds === 0
    ? 'all launched at once'
    : `launched within ${formatDuration(Math.ceil(launchSeconds))}`;

const costText = ({ costUsd }: Preflight): string => {
  if (costUsd === null) return 'costs nothing';
  const { likely, most } = costUsd;
  const above = formatDollars(most) === formatDollars(likely) ? '' : `, ${formatDollars(most)} at most`;
  return `costs about ${formatDollars(likely)}${above}`;
};

/** What a run will take, what stands in its way, and what is worth knowing. */
export const renderPreflight = (preflight: Preflight, { columns, colour }: Layout): string => {
  const paint = palette(colour);
  const listed = (texts: readonly string[], mark: string): readonly string[] =>
    texts.flatMap((text) =>
      wrapWords(printable(text), columns - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`),
    );
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', title, ...lines];
  const { problems, notes } = preflight;
  return [
    'Takes',
    ...[workersText(preflight), launchText(preflight), costText(preflight)].map((line) => `  ${line}`),
    ...section(paint.bad('Stands in the way'), listed(problems, paint.bad('-'))),
    ...section('Worth knowing', listed(notes, '-')),
  ].join('\n');
};
