/** The middle value; of an even number of values the mean of the two in the middle. NaN for none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
};

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Undefined for no values. */
export const spreadOf = (values: readonly number[]): Spread | undefined =>
  values.length === 0
    ? undefined
    : { median: median(values), min: Math.min(...values), max: Math.max(...values) };

/** 0.999 * 15000 comes out a little above 14985, and its ceiling would be a rank too high. */
const rounding = 1e-9;

/** Nearest rank, of values in ascending order: the smallest that at least `percentile` per cent do not exceed. */
export const percentileOf = (ascending: ArrayLike<number>, percentile: number): number => {
  const rank = Math.ceil((percentile / 100) * ascending.length - rounding);
  return ascending[Math.max(0, rank - 1)] ?? Number.NaN;
};
