import type { MetricPoint, MetricReadings } from '../cluster-snapshot.ts';

export type FreshReadings =
  /** The latest in a row without a gap, ascending; at least one. */
  | { readonly kind: 'fresh'; readonly points: readonly MetricPoint[]; readonly latest: MetricPoint }
  | { readonly kind: 'stale'; readonly ageSeconds: number }
  | { readonly kind: 'missing'; readonly why: string };

/** One reading a period; half a period more is jitter, and more than that is a gap. */
const gapPeriods = 1.5;

/** What can be relied on of a metric's points. One that isn't a number, or is negative, wasn't measured. */
export const freshReadings = (
  readings: Pick<MetricReadings, 'points' | 'failure'> | undefined,
  periodSeconds: number,
  atMillis: number,
  staleSeconds: number,
): FreshReadings => {
  const points = (readings?.points ?? []).filter(({ value }) => Number.isFinite(value) && value >= 0);
  const latest = points.at(-1);
  if (latest === undefined) return { kind: 'missing', why: readings?.failure ?? 'it has none' };
  const ageSeconds = (atMillis - latest.atMillis) / 1000;
  if (ageSeconds > staleSeconds) return { kind: 'stale', ageSeconds };
  const gap = points.findLastIndex((point, index) => {
    const before = points[index - 1];
    return before === undefined || point.atMillis - before.atMillis > gapPeriods * periodSeconds * 1000;
  });
  return { kind: 'fresh', points: points.slice(gap), latest };
};
