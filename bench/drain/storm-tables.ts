import { drainLimits, noticeMillis } from '../../src/drain/coordinator/drain-state.ts';
import { formatCount, formatNumber } from '../format-number.ts';
import { median } from '../median.ts';
import type { Aim, ResultTable } from '../result-table.ts';
import type { StormResult } from './storm-result.ts';
import type { DrainStorm } from './storms.ts';
import type { DrainMinimum } from './theoretical-minimum.ts';

/** What each policy made of a storm, once for each seed. */
export interface StormRuns {
  readonly storm: DrainStorm;
  readonly runs: readonly { readonly policy: string; readonly results: readonly StormResult[] }[];
}

/** Tasks of the storms have a stop timeout of 30 s. */
const latestStopSeconds = (noticeMillis - drainLimits.marginMillis) / 1000 - 30;
const mostRatio = 1.2;
/** The news' own way, through queue, documents and tokens: some ten requests to the store, which the least has no share for. */
const mostSecondsMore = 0.5;
const ours = 'stormdrain';

/** The middle one; null counts as later than anything. */
const middle = (results: readonly StormResult[], value: (result: StormResult) => number | null): number =>
  median(results.map((result) => value(result) ?? Number.POSITIVE_INFINITY));

/** `never`: not within three minutes. */
const seconds = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : 'never');

const timesRow = (storm: DrainStorm, policy: string, results: readonly StormResult[]): readonly string[] => {
  const count = (value: (result: StormResult) => number): string =>
    formatCount(Math.round(middle(results, value)));
  return [
    `${storm.name}: ${policy}`,
    seconds(middle(results, (result) => result.deregistered)),
    seconds(middle(results, (result) => result.settled)),
    seconds(middle(results, (result) => result.stopped)),
    seconds(middle(results, (result) => result.ended)),
    count((result) => result.cutTasks),
    count((result) => result.unaskedTasks),
    count((result) => result.requests.sent),
    count((result) => result.requests.failed),
  ];
};

const minimumRow = (
  name: string,
  results: readonly StormResult[],
  minimumOf: (result: StormResult) => DrainMinimum,
): readonly string[] => [
  name,
  seconds(middle(results, (result) => minimumOf(result).deregistered)),
  seconds(middle(results, (result) => minimumOf(result).settled)),
  seconds(middle(results, (result) => minimumOf(result).stopped)),
  ...Array.from({ length: 5 }, () => ''),
];

const minimumRows = (storm: DrainStorm, results: readonly StormResult[]): readonly (readonly string[])[] => [
  minimumRow(`${storm.name}: the least`, results, ({ minimum }) => minimum),
  minimumRow(`${storm.name}: the least, all listed`, results, ({ minimumOfAll }) => minimumOfAll),
];

/** Of stormdrain, whose stops the minimum counts. */
const ourResults = ({ runs }: StormRuns): readonly StormResult[] =>
  runs.find(({ policy }) => policy === ours)?.results ?? [];

const atMost = (text: string, measured: number, most: number, unit: string): Aim => ({
  text: `${text}: at most ${formatNumber(most)}${unit}`,
  measured: `${formatNumber(measured)}${unit}`,
  met: measured <= most,
});

const aimsOf = (stormRuns: StormRuns): readonly Aim[] => {
  const { storm } = stormRuns;
  const results = ourResults(stormRuns);
  if (results.length === 0) return [];
  const of = (value: (result: StormResult) => number | null): number => middle(results, value);
  const ratio = (what: 'deregistered' | 'settled' | 'stopped'): number =>
    of((result) => (result[what] ?? Number.POSITIVE_INFINITY) / result.minimumOfAll[what]);
  const later = of(
    (result) => (result.deregistered ?? Number.POSITIVE_INFINITY) - result.minimumOfAll.deregistered,
  );
  const failed = Math.max(...results.map(({ requests }) => requests.failed));
  const aims = [atMost(`${storm.name}, requests failed, any seed`, failed, 0, '')];
  const canBeMet = of(({ minimumOfAll }) => minimumOfAll.stopped) <= latestStopSeconds;
  if (!canBeMet)
    return [
      ...aims,
      atMost(
        `${storm.name}, all settled`,
        of(({ settled }) => settled),
        noticeMillis / 1000,
        ' s',
      ),
    ];
  return [
    ...aims,
    {
      text: `${storm.name}, last target deregistered: at most ${formatNumber(mostRatio)} x the least, all listed, or ${mostSecondsMore} s later`,
      measured: `${formatNumber(ratio('deregistered'))} x, ${formatNumber(later)} s later`,
      met: ratio('deregistered') <= mostRatio || later <= mostSecondsMore,
    },
    atMost(`${storm.name}, all settled`, ratio('settled'), mostRatio, ' x the least, all listed'),
    storm.longestRequestMillis === undefined
      ? atMost(
          `${storm.name}, last StopTask`,
          of(({ stopped }) => stopped),
          latestStopSeconds,
          ' s',
        )
      : atMost(`${storm.name}, last StopTask`, ratio('stopped'), mostRatio, ' x the least, all listed'),
    atMost(
      `${storm.name}, tasks cut off with their instance`,
      of(({ cutTasks }) => cutTasks),
      0,
      '',
    ),
  ];
};

export const stormTimes = (storms: readonly StormRuns[]): ResultTable => ({
  title: 'Drain: how far, when',
  about:
    "Seconds from the spot warnings, which give 120; instances x tasks on each. Each call takes 0.15 s, on a simulated cluster with AWS's documented buckets: simulated time, so the machine doesn't matter.",
  columns: [
    '',
    'deregistered',
    'settled',
    'last StopTask',
    'all ended',
    'tasks cut off',
    'of them never asked',
    'requests sent',
    'failed',
  ],
  rows: storms.flatMap((each) => [
    ...(ourResults(each).length === 0 ? [] : minimumRows(each.storm, ourResults(each))),
    ...each.runs.map(({ policy, results }) => timesRow(each.storm, policy, results)),
  ]),
  aims: storms.flatMap(aimsOf),
  notes: [
    "The least: sooner nobody can be. The least, all listed: nor whoever reads the lists of tasks in all states before the last deregistration, as it takes to know that none is left; aims are judged by it. Both take the whole of AWS's buckets, of which a drain leaves some to others.",
    `Tasks have 30 s from SIGTERM to SIGKILL, and 5 s are kept as a margin: the last StopTask is in time until ${latestStopSeconds} s. Until then a task that may still answer requests is left alone.`,
  ],
});

export const stormCalls = (storms: readonly StormRuns[]): ResultTable => ({
  title: 'Drain: calls',
  about: 'All that were made, throttled ones and those that were made again included.',
  columns: ['', 'reads', 'DRAINING', 'deregister', 'health', 'StopTask', 'throttled'],
  rows: storms.flatMap(({ storm, runs }) =>
    runs.map(({ policy, results }) => {
      const count = (value: (result: StormResult) => number): string =>
        formatCount(Math.round(middle(results, value)));
      return [
        `${storm.name}: ${policy}`,
        count(({ calls }) => calls.reads),
        count(({ calls }) => calls.draining),
        count(({ calls }) => calls.deregister),
        count(({ calls }) => calls.health),
        count(({ calls }) => calls.stopTask),
        count(({ calls }) => calls.throttled),
      ];
    }),
  ),
  aims: [],
  notes: [],
});
