import type { StormResult } from '../storm.ts';
import { formatMargin, formatOffset } from './drain-timeline.ts';
import { formatCount, formatMany } from './format-figures.ts';
import { alignRows, type Cell, left, right, section } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';

const causeText: Readonly<Record<StormResult['cause'], string>> = {
  spot: 'taken back by EC2 within',
  'spot-stop': 'stopped by EC2 within',
  operator: 'to be empty within',
  lifecycle: 'terminated by Auto Scaling, whose hook times out after',
};

const headline = (storm: StormResult, paint: Palette): string => {
  const { instances, cause, deadlineSeconds, tasksPerInstance, groups, seed } = storm;
  const of = `${formatMany(instances.leaving, 'instance')} of ${formatCount(instances.leaving + instances.staying)}`;
  const load = `${formatMany(tasksPerInstance, 'task')} on each, ${formatMany(groups, 'target group')}, seed ${seed}`;
  return `${paint.strong(of)} ${causeText[cause]} ${deadlineSeconds} s: ${load}`;
};

const orNever = (seconds: number | null): string =>
  seconds === null
    ? 'at no known time: not every drain got so far'
    : `${formatOffset(seconds)} after the notice`;

const targetsText = ({ targets, lastDeregistrationSeconds }: StormResult): string =>
  targets === 0
    ? 'ECS deregistered them when it replaced their tasks'
    : `the last deregistered ${orNever(lastDeregistrationSeconds)}`;

const stopText = ({ stopsAsked, lastStopSeconds }: StormResult): string =>
  stopsAsked === 0 ? 'none had to be told to stop' : `the last told to stop ${orNever(lastStopSeconds)}`;

const marginText = ({ marginSeconds }: StormResult, paint: Palette): string => {
  if (marginSeconds === null) return 'unknown: not every drain got so far';
  const text = `${formatMargin(marginSeconds)} in the drain that had the least`;
  return marginSeconds < 0 ? paint.bad(text) : text;
};

const requestsLines = ({ requests }: StormResult, paint: Palette): readonly string[] => {
  const { sent, unserved, failed, toDeadTarget, cutOff } = requests;
  const sum = `${formatCount(sent + unserved)} in all, ${formatCount(failed)} failed`;
  if (failed === 0) return [paint.good(sum)];
  return [
    paint.bad(sum),
    `${formatCount(toDeadTarget)} sent to a stopped task, ${formatCount(cutOff)} cut off, ${formatCount(unserved)} without a target`,
  ];
};

const outcomeText = ({ outcomes, drainsThatMissed }: StormResult, paint: Palette): string => {
  const parts = Object.entries(outcomes).map(([outcome, count]) => `${formatCount(count)} ${outcome}`);
  const missed =
    drainsThatMissed === 0
      ? paint.good('none missed anything')
      : paint.bad(`${formatCount(drainsThatMissed)} missed something`);
  return [...parts, missed].join(', ');
};

const callRows = ({ calls }: StormResult, paint: Palette): readonly string[] => {
  const titles = ['calls', 'made', 'throttled', 'failed'].map((title, column) =>
    column === 0 ? left(title, paint.faint) : right(title, paint.faint),
  );
  const alarm = (count: number): Cell => right(formatCount(count), count > 0 ? paint.doubtful : undefined);
  const rows = Object.entries(calls)
    .sort(([one, a], [other, b]) => b.made - a.made || (one < other ? -1 : 1))
    .map(([call, { made, throttled, failed }]): readonly Cell[] => [
      left(call),
      right(formatCount(made)),
      alarm(throttled),
      alarm(failed),
    ]);
  return alignRows([titles, ...rows]);
};

/** What came of a simulated storm. No newline at the end. */
export const renderDrainStorm = (storm: StormResult, { colour }: Layout): string => {
  const paint = palette(colour);
  const of = (label: string, lines: readonly string[]): readonly string[] =>
    section(label, lines, paint.label);
  return [
    headline(storm, paint),
    '',
    ...of('Targets', [targetsText(storm)]),
    ...of('Tasks', [stopText(storm), `the last stopped ${orNever(storm.emptySeconds)}`]),
    ...of('Margin', [marginText(storm, paint)]),
    ...of('Drains', [outcomeText(storm, paint)]),
    ...of('Requests', requestsLines(storm, paint)),
    '',
    ...callRows(storm, paint),
  ].join('\n');
};
