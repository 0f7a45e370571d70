import type { DrainRecord } from '../../drain/records/drain-record.ts';
import { describeNotice } from './describe-notice.ts';
import { formatCount, formatMany, formatSeconds, printable } from './format-figures.ts';

/** One line of a drain's timeline. */
export interface TimelineEntry {
  /** Since the first notice. */
  readonly seconds: number;
  readonly text: string;
  readonly isLate: boolean;
}

/** Seconds to a tenth, however many: the figures of a timeline are to be compared with each other. */
export const formatOffset = (seconds: number): string => {
  const text = seconds.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${text === '-0.0' ? '0.0' : text} s`;
};

/** Of a deadline, which may be days away: long ones in minutes and hours. */
export const formatMargin = (seconds: number): string => {
  if (Math.abs(seconds) < 600) return formatOffset(seconds);
  return `${seconds < 0 ? '-' : ''}${formatSeconds(Math.abs(seconds))}`;
};

/** When the first source said so; the zero of a drain's timeline, in milliseconds since the epoch. */
export const zeroOf = ({ heardAtMillis, notices }: DrainRecord): number =>
  Math.min(heardAtMillis, ...notices.map(({ noticedAtMillis }) => noticedAtMillis));

/** Where no source gives a deadline, the record's is but the limit of what is waited for. */
export const hasDeadline = ({ notices }: DrainRecord): boolean =>
  notices.some(({ deadlineMillis, lifecycle }) => deadlineMillis !== null || lifecycle !== undefined);

interface Milestone {
  readonly atMillis: number | null;
  readonly done: string;
  /** What was waited for since the milestone before. */
  readonly waitedFor?: string | undefined;
}

const targetCount = ({ groups }: DrainRecord): number =>
  groups.reduce((sum, { targets }) => sum + targets, 0);

const milestonesOf = (record: DrainRecord): readonly Milestone[] => {
  const { steps, tasks, groups, heardAtMillis } = record;
  const hasTargets = groups.length > 0;
  const targets = `${formatMany(targetCount(record), 'target')} in ${formatMany(groups.length, 'group')} deregistered`;
  return [
    { atMillis: heardAtMillis, done: 'heard of here', waitedFor: 'on its way' },
    { atMillis: steps.found, done: 'found in the cluster' },
    { atMillis: steps.draining, done: 'DRAINING: no new tasks come' },
    { atMillis: steps.listed, done: `tasks listed: ${formatCount(tasks.seen)} in all` },
    { atMillis: steps.deregistered, done: targets },
    {
      atMillis: steps.verified,
      done: 'nothing new is sent to them',
      waitedFor: 'of verifying and settling',
    },
    {
      // Where nobody was told to, it is when the last one was seen to have stopped.
      atMillis: tasks.stopAsked === 0 ? null : steps.lastStop,
      done: 'the last task was told to stop',
      waitedFor: hasTargets ? 'for requests in flight' : undefined,
    },
    {
      atMillis: steps.empty,
      done: 'empty',
      waitedFor: tasks.seen === 0 ? undefined : 'for the tasks to end',
    },
  ];
};

/** What a drain that reached its end without them ends with. */
const endings: Readonly<Partial<Record<DrainRecord['outcome'], string>>> = {
  gone: 'the instance was gone',
  'taken-back': 'the instance is ACTIVE again',
  abandoned: 'given up',
};

/** What was heard from whom, and when each step ended, in order. */
export const timelineOf = (record: DrainRecord): readonly TimelineEntry[] => {
  const zero = zeroOf(record);
  const { deadlineMillis, endedAtMillis, outcome, notices, takenBack } = record;
  const entry = (atMillis: number, text: string): TimelineEntry => ({
    seconds: (atMillis - zero) / 1000,
    text,
    isLate: atMillis > deadlineMillis,
  });
  const entries = notices.map((notice) => entry(notice.noticedAtMillis, describeNotice(notice)));
  if (takenBack !== undefined)
    entries.push(entry(takenBack.atMillis, printable(`taken back by ${takenBack.by ?? 'an operator'}`)));
  let before = zero;
  for (const { atMillis, done, waitedFor } of milestonesOf(record)) {
    if (atMillis === null) continue;
    const waited = atMillis - before;
    const wait =
      waitedFor === undefined || waited < 50 ? '' : `, after ${formatOffset(waited / 1000)} ${waitedFor}`;
    const late =
      atMillis > deadlineMillis ? `, ${formatOffset((atMillis - deadlineMillis) / 1000)} too late` : '';
    entries.push(entry(atMillis, `${done}${wait}${late}`));
    before = Math.max(before, atMillis);
  }
  const ending = endings[outcome];
  if (ending !== undefined && endedAtMillis !== null) entries.push(entry(endedAtMillis, ending));
  if (hasDeadline(record)) entries.push({ ...entry(deadlineMillis, 'deadline'), isLate: false });
  // Sorting is stable: what happened in the same moment stays in the order of the steps.
  return entries.sort((one, other) => one.seconds - other.seconds);
};

/** Names of the steps that were to be taken and have no instant. */
export const stepsWithout = (record: DrainRecord): readonly string[] => {
  const { steps, tasks, groups, outcome, takenBack } = record;
  if (takenBack !== undefined || outcome === 'taken-back') return [];
  const wanted: readonly (readonly [string, number | null, boolean])[] = [
    ['found in the cluster', steps.found, true],
    ['DRAINING', steps.draining, true],
    ['tasks listed', steps.listed, true],
    ['deregistered', steps.deregistered, groups.length > 0],
    ['confirmed by the balancers', steps.verified, groups.length > 0],
    ['told to stop', steps.lastStop, tasks.seen > 0],
    // `gone` says so itself.
    ['empty', steps.empty, outcome !== 'gone'],
  ];
  return wanted.flatMap(([name, at, isWanted]) => (isWanted && at === null ? [name] : []));
};
