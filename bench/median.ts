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

/** Nearest rank, of values in ascending order: the smallest that at least `percentile` per cent do not exceed. */
export const percentileOf = (ascending: ArrayLike<number>, percentile: number): number =>
  ascending[Math.max(0, Math.ceil((percentile / 100) * ascending.length) - 1)] ?? Number.NaN;
