import { seededRandom } from '../../src/plan/random.ts';

/** A load that is played for every scaler, with chances of its own for each seed. */
export interface BenchTrace {
  readonly name: string;
  /** One line on what comes. */
  readonly about: string;
  readonly seconds: number;
  /** Requests a second, by service; `shift` is the seed's own delay, 0 to 1 minute. */
  readonly loads: Readonly<Record<string, (second: number, shift: number) => number>>;
  /** Spot instances beside on-demand ones, and when many of them are taken at once. */
  readonly storms?: readonly SpotStorm[];
}

export interface SpotStorm {
  readonly atSecond: number;
  /** Of the pool's instances, 0 to 1. */
  readonly share: number;
  /** For so long there are none to be had. */
  readonly noneForSeconds: number;
}

const hour = 3600;
const daySeconds = 24 * hour;

const daily =
  (from: number, to: number, peak: number) =>
  (second: number): number =>
    from + ((to - from) * (1 + Math.cos((2 * Math.PI * (second - peak)) / daySeconds))) / 2;

const spike =
  (from: number, to: number, at: number, length: number) =>
  (second: number, shift: number): number =>
    second >= at + shift && second < at + shift + length ? to : from;

const sawtooth =
  (from: number, to: number, every: number, late: number) =>
  (second: number, shift: number): number =>
    from + ((to - from) * ((second + every - late - shift) % every)) / every;

const day = { web: daily(100, 1000, 15 * hour), api: daily(50, 400, 20 * hour) };

export const benchTraces: readonly BenchTrace[] = [
  {
    name: 'daily',
    about: 'a day: web from 100 to 1,000 requests a second and back, api from 50 to 400, five hours later',
    seconds: daySeconds,
    loads: day,
  },
  {
    name: 'spike',
    about: 'web at once from 100 to 1,000 for 20 minutes, api at 150 all the time; 90 minutes',
    seconds: 1.5 * hour,
    loads: { web: spike(100, 1000, 900, 1200), api: () => 150 },
  },
  {
    name: 'sawtooth',
    about:
      'web evenly from 100 to 1,000 within half an hour and at once back, api from 50 to 400, a quarter of an hour later; 3 hours',
    seconds: 3 * hour,
    loads: { web: sawtooth(100, 1000, 1800, 0), api: sawtooth(50, 400, 1800, 900) },
  },
  {
    name: 'spot storms',
    about:
      'the day on one on-demand instance for four on spot; half of those are taken at 9:00, 80 % at 15:00, all at 20:00, and there are none for 10, 15 and 5 minutes',
    seconds: daySeconds,
    loads: day,
    storms: [
      { atSecond: 9 * hour, share: 0.5, noneForSeconds: 600 },
      { atSecond: 15 * hour, share: 0.8, noneForSeconds: 900 },
      { atSecond: 20 * hour, share: 1, noneForSeconds: 300 },
    ],
  },
];

export const benchSeeds: readonly number[] = [1, 2, 3, 4, 5];

/** Of the load; what lasts from minute to minute, and what differs from second to second. */
const slowSpread = 0.05;
const fastSpread = 0.05;
/** How much of a minute's deviation is left in the next. */
const persistence = 0.8;

/** The load of each second, with the seed's noise: the same numbers for every scaler. */
export const playLoads = (
  { loads, seconds }: Pick<BenchTrace, 'loads' | 'seconds'>,
  seed: number,
): ReadonlyMap<string, Float64Array> => {
  const shift = Math.floor(seededRandom(seed, 10)() * 60);
  return new Map(
    Object.entries(loads).map(([service, load], index) => {
      const slow = seededRandom(seed, 11, index);
      const fast = seededRandom(seed, 12, index);
      const played = new Float64Array(seconds);
      let deviation = 0;
      for (let second = 0; second < seconds; second++) {
        if (second % 60 === 0) deviation = persistence * deviation + slowSpread * (2 * slow() - 1);
        played[second] = load(second, shift) * (1 + deviation + fastSpread * (2 * fast() - 1));
      }
      return [service, played];
    }),
  );
};
