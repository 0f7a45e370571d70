import type { DrainRecord } from '../../drain/records/drain-record.ts';
import {
  formatMargin,
  formatOffset,
  hasDeadline,
  stepsWithout,
  timelineOf,
  zeroOf,
} from './drain-timeline.ts';
import { formatCount, formatMany, printable } from './format-figures.ts';
import { section, wrapWords } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';

/** `2026-01-31 10:20:30 UTC`. */
const instantText = (millis: number): string =>
  `${new Date(millis).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const paintOf = ({ outcome, missed }: DrainRecord): keyof Palette => {
  if (outcome === 'running') return 'label';
  if (outcome === 'abandoned') return 'bad';
  return outcome === 'empty' && missed.length === 0 ? 'good' : 'doubtful';
};

const titles: Readonly<Record<DrainRecord['outcome'], string>> = {
  running: 'UNDER WAY',
  empty: 'EMPTY',
  gone: 'GONE',
  'taken-back': 'TAKEN BACK',
  abandoned: 'ABANDONED',
};

/** `EMPTY` and the like, coloured, and where. */
const headline = (record: DrainRecord, paint: Palette): string => {
  const title = paint.strong(paint[paintOf(record)](titles[record.outcome]));
  return `${title}  ${paint.strong(record.instanceId)} in cluster ${printable(record.cluster)}`;
};

const marginLines = (record: DrainRecord, paint: Palette): readonly string[] => {
  const { marginSeconds, steps } = record;
  if (marginSeconds === null || !hasDeadline(record)) return [];
  const what = steps.empty === null ? 'the last task was told to stop' : 'empty';
  return marginSeconds < 0
    ? [paint.bad(`${formatMargin(marginSeconds)}: ${what} only after the deadline`)]
    : [`${formatMargin(marginSeconds)}: ${what} before the deadline`];
};

/** A target group by its name, a backend as it is. */
export const groupName = (group: string): string => /:targetgroup\/([^/]+)\//.exec(group)?.[1] ?? group;

const shownGroups = 8;

const groupText = ({ groups }: DrainRecord): string => {
  const shown = groups.slice(0, shownGroups).map(({ group, targets }) => `${groupName(group)} ${targets}`);
  const more = groups.length > shownGroups ? [`${groups.length - shownGroups} more groups`] : [];
  return printable([...shown, ...more].join(', '));
};

const inFlightText = ({ requestsInFlight, groups, tasks }: DrainRecord): string => {
  if (groups.length === 0 || tasks.stopAsked === 0) return '';
  if (requestsInFlight === null) return 'unknown; the balancers do not tell what was in flight';
  return `${formatMany(requestsInFlight, 'request')} in flight when the tasks were told to stop`;
};

const timelineLines = (record: DrainRecord, columns: number, paint: Palette): readonly string[] => {
  const entries = timelineOf(record).map((entry) => ({ ...entry, at: formatOffset(entry.seconds) }));
  const width = Math.max(10, ...entries.map(({ at }) => at.length));
  return entries.flatMap(({ at, text, isLate }) =>
    wrapWords(text, columns - width - 2).map((line, index) => {
      const when = (index === 0 ? at : '').padStart(width);
      return `${isLate ? paint.bad(when) : when}  ${isLate ? paint.bad(line) : line}`;
    }),
  );
};

const missedLines = ({ missed }: DrainRecord, columns: number, paint: Palette): readonly string[] =>
  missed.flatMap((text) =>
    wrapWords(printable(text), columns - 2).map(
      (line, index) => `${index === 0 ? paint.bad('-') : ' '} ${line}`,
    ),
  );

/** A drain as a timeline in words: seconds since the first notice, one absolute instant. No newline at the end. */
export const renderDrainRecord = (record: DrainRecord, layout: Layout): string => {
  const paint = palette(layout.colour);
  const room = layout.columns - 12;
  const { tasks, outcome } = record;
  const without = stepsWithout(record);
  const told = `${formatCount(tasks.seen)} seen, ${formatCount(tasks.stopAsked)} told to stop, ${formatCount(tasks.stopped)} seen to have stopped`;
  const missed = missedLines(record, layout.columns, paint);
  const blocks: readonly (readonly string[])[] = [
    [headline(record, paint), `Seconds since the first notice, ${instantText(zeroOf(record))}:`],
    timelineLines(record, layout.columns, paint),
    [
      ...section('Margin', marginLines(record, paint), paint.label),
      ...section('Tasks', wrapWords(told, room), paint.label),
      ...section('Targets', wrapWords(groupText(record), room), paint.label),
      ...section('Requests', wrapWords(inFlightText(record), room), paint.label),
      ...section(
        outcome === 'running' ? 'To come' : 'Not reached',
        wrapWords(without.join(', '), room),
        paint.label,
      ),
      ...section('Drain', [record.drainId], paint.label),
    ],
    missed.length === 0 ? [] : [paint.bad('Missed'), ...missed],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
};
