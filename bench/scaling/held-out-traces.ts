import type { BenchTrace } from './bench-traces.ts';

const hour = 3600;
const daySeconds = 24 * hour;

/** Between points [second, rate], evenly; the last rate holds on. */
const through =
  (...points: readonly (readonly [second: number, rate: number])[]) =>
  (second: number): number => {
    const next = points.findIndex(([at]) => at > second);
    const [after, before] = [points[next], points[next - 1]];
    if (after === undefined) return points.at(-1)?.[1] ?? 0;
    if (before === undefined) return after[1];
    return before[1] + ((after[1] - before[1]) * (second - before[0])) / (after[0] - before[0]);
  };

const climb = through([1200, 120], [1320, 720], [2700, 720], [3000, 120]);

const sawtooth = (from: number, to: number, early: number) => (second: number, shift: number) =>
  from + ((to - from) * ((second + 2700 + early - shift) % 2700)) / 2700;

const day = {
  web: through(
    [0, 80],
    [6 * hour, 80],
    [10 * hour, 850],
    [12 * hour, 900],
    [13 * hour, 500],
    [14 * hour, 850],
    [18 * hour, 600],
    [daySeconds, 80],
  ),
  api: through(
    [0, 120],
    [4 * hour, 60],
    [9 * hour, 200],
    [13 * hour, 120],
    [21 * hour, 350],
    [daySeconds, 120],
  ),
};

/**
 * Loads of the same kinds as `benchTraces`, with other sizes and times: written after rules had been changed because of what those
 * showed. One rule was changed after their first run (docs/benchmarks.md): for the next change, write new ones.
 */
export const heldOutTraces: readonly BenchTrace[] = [
  {
    name: 'lunch dip',
    about:
      'a day: web from 80 to 900 requests a second at noon, 500 at 13:00, 850 at 14:00, 80 at midnight; api from 60 to 350 at 21:00',
    seconds: daySeconds,
    loads: day,
  },
  {
    name: 'climb',
    about:
      'web from 120 to 720 within 2 minutes, for 23 minutes, and back within 5; api at 200 all the time; 80 minutes',
    seconds: 80 * 60,
    loads: { web: (second, shift) => climb(second - shift), api: () => 200 },
  },
  {
    name: 'sawtooth of 45 minutes',
    about:
      'web evenly from 150 to 800 within 45 minutes and at once back, api from 60 to 300, 20 minutes earlier; 3 hours',
    seconds: 3 * hour,
    loads: { web: sawtooth(150, 800, 0), api: sawtooth(60, 300, 1200) },
  },
  {
    name: 'other storms',
    about:
      'the day with the dip on one on-demand instance for four on spot; 70 % of those are taken at 11:00, 40 % at 16:30, all at 21:30, and there are none for 20, 5 and 10 minutes',
    seconds: daySeconds,
    loads: day,
    storms: [
      { atSecond: 11 * hour, share: 0.7, noneForSeconds: 1200 },
      { atSecond: 16.5 * hour, share: 0.4, noneForSeconds: 300 },
      { atSecond: 21.5 * hour, share: 1, noneForSeconds: 600 },
    ],
  },
];

export const heldOutSeeds: readonly number[] = [101, 102, 103, 104, 105];
