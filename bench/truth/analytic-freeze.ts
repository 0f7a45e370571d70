/**
 * Response times in a system that answers at once but for a freeze of `freezeMillis` in every `periodMillis`, under
 * evenly spaced arrivals: an arrival is in a freeze with probability freeze / period, and then waits for its end,
 * uniformly from 0 to the whole freeze. So P(wait > t) = (freeze - t) / period.
 */
export const freezePercentileMillis = (
  percentile: number,
  { freezeMillis, periodMillis }: { readonly freezeMillis: number; readonly periodMillis: number },
): number => Math.max(0, freezeMillis - ((100 - percentile) / 100) * periodMillis);

/** Whether two latencies are as good as equal: within 2 % or half a millisecond. */
export const isTrue = (measuredMillis: number, trueMillis: number): boolean =>
  Math.abs(measuredMillis - trueMillis) <= Math.max(0.02 * trueMillis, 0.5);
