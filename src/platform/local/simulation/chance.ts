import { hashIntegers } from '../../../plan/random.ts';

/** What is left to chance in a simulated cluster. Each draw is a function of seed, purpose and place, so none moves another. */
export type Purpose =
  | 'start'
  | 'agent'
  | 'exit'
  | 'becomes-healthy'
  | 'becomes-unhealthy'
  | 'silence'
  | 'latency'
  | 'staleness'
  | 'throttle'
  | 'arrival'
  | 'duration'
  | 'order'
  | 'boot';

/** From the first to below the second. */
export type Span = readonly [number, number];

const purposes: Readonly<Record<Purpose, number>> = {
  start: 1,
  agent: 2,
  exit: 3,
  'becomes-healthy': 4,
  'becomes-unhealthy': 5,
  silence: 6,
  latency: 7,
  staleness: 8,
  throttle: 9,
  arrival: 10,
  duration: 11,
  order: 12,
  boot: 13,
};

/** Uniform in [0, 1). */
export type Chance = (purpose: Purpose, ...place: readonly number[]) => number;

export const seededChance =
  (seed: number): Chance =>
  (purpose, ...place) =>
    hashIntegers(seed, purposes[purpose], ...place) / 0x1_0000_0000;

export const within = ([from, to]: Span, chance: number): number => from + (to - from) * chance;
