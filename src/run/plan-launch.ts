import type { CapacityFacts } from '../platform/ports/capacity-survey.ts';

/** How many workers of each kind; workers of one kind share a token bucket, the kinds don't. */
export interface WorkerCounts {
  readonly onDemand: number;
  readonly spot: number;
}

/** Seconds until the worker of that rank (0, 1, …) may be launched. */
const launchedAt = (rank: number, launch: NonNullable<CapacityFacts['launch']>): number =>
  Math.max(0, rank + 1 - launch.burst) / launch.perSecond;

/** From the first launch until the last worker was asked for, in seconds. */
export const launchSeconds = (counts: WorkerCounts, launch: CapacityFacts['launch']): number => {
  if (launch === null) return 0;
  const last = Math.max(counts.onDemand, counts.spot) - 1;
  return last < 0 ? 0 : launchedAt(last, launch);
};

/** The waits of all workers of one kind for their launch, in worker seconds: an arithmetic series. */
export const launchWaits = (workers: number, launch: CapacityFacts['launch']): number => {
  if (launch === null) return 0;
  const waiting = Math.max(0, workers - launch.burst);
  return (waiting * (waiting + 1)) / 2 / launch.perSecond;
};
