/** How long a server takes for its requests, drawn from a seed: the same seed, the same times in the same order. */
export type ServiceTimes =
  | { readonly kind: 'constant'; readonly millis: number }
  | { readonly kind: 'exponential'; readonly meanMillis: number }
  | {
      readonly kind: 'bimodal';
      readonly fastMillis: number;
      readonly slowMillis: number;
      readonly slowShare: number;
    };

/** Milliseconds of the next request. `random` gives values from 0 to below 1. */
export const drawServiceMillis = (times: ServiceTimes, random: () => number): number => {
  switch (times.kind) {
    case 'constant':
      return times.millis;
    case 'exponential':
      return -times.meanMillis * Math.log(1 - random());
    case 'bimodal':
      return random() < times.slowShare ? times.slowMillis : times.fastMillis;
  }
};

/** mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
