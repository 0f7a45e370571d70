import type { DrainListEntry } from '../../platform/ports/drain-api.ts';
import { formatMargin } from './drain-timeline.ts';
import { formatCount, printable } from './format-figures.ts';
import { alignRows, type Cell, left, right, shorten } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';

const paintOf: Readonly<Record<DrainListEntry['outcome'], keyof Palette>> = {
  running: 'label',
  empty: 'good',
  gone: 'doubtful',
  'taken-back': 'doubtful',
  abandoned: 'bad',
  unknown: 'doubtful',
};

/** `2026-01-31 10:20`, UTC. */
const timeText = (millis: number): string => new Date(millis).toISOString().slice(0, 16).replace('T', ' ');

const marginText = ({ marginSeconds }: DrainListEntry): string =>
  marginSeconds === null ? '-' : formatMargin(marginSeconds);

/** A table of drains in the order given. A drain's id begins with its instance's. */
export const renderDrainList = (drains: readonly DrainListEntry[], layout: Layout): string => {
  const paint = palette(layout.colour);
  const widest = (texts: readonly string[], title: string): number =>
    Math.max(title.length, ...texts.map((text) => text.length));
  const taken =
    widest(
      drains.map(({ drainId }) => drainId),
      'drain',
    ) +
    widest(
      drains.map(({ outcome }) => outcome),
      'outcome',
    ) +
    widest(drains.map(marginText), 'margin') +
    'missed'.length +
    '2026-01-31 10:20'.length;
  const room = Math.max(5, layout.columns - taken - 10);
  const titles: readonly Cell[] = [
    left('drain', paint.faint),
    left('heard (UTC)', paint.faint),
    left('outcome', paint.faint),
    right('margin', paint.faint),
    right('missed', paint.faint),
    left(room < 'cluster'.length ? '' : 'cluster', paint.faint),
  ];
  const rows = drains.map((drain): readonly Cell[] => [
    left(printable(drain.drainId)),
    left(timeText(drain.heardAtMillis), paint.faint),
    left(drain.outcome, paint[paintOf[drain.outcome]]),
    right(marginText(drain), (drain.marginSeconds ?? 0) < 0 ? paint.bad : undefined),
    right(formatCount(drain.missed), drain.missed > 0 ? paint.bad : undefined),
    left(shorten(printable(drain.cluster), room)),
  ]);
  return alignRows([titles, ...rows]).join('\n');
};
