import type { WorkerPrice } from '../platform/ports/capacity-survey.ts';
import type { RosterEntry } from './documents.ts';

/** What a run's workers cost. Requests to the store come on top: in a run of any length they are a few percent of it. */
export interface WorkerCost {
  readonly usd: number;
  readonly workerSeconds: number;
  /** The part of `workerSeconds` that ran on spot capacity. */
  readonly spotSeconds: number;
}

type Worked = Pick<RosterEntry, 'workerId' | 'capacity' | 'launchedAt' | 'endedAt'>;

/**
 * Each worker that was launched costs its time by the price of what it runs on, and the shortest paid time at least. A
 * worker of unknown capacity is counted as on demand.
 */
export const costSoFar = (workers: readonly Worked[], price: WorkerPrice, nowMillis: number): WorkerCost => {
  let usd = 0;
  let workerSeconds = 0;
  let spotSeconds = 0;
  for (const { workerId, capacity, launchedAt, endedAt } of workers) {
    if (workerId === null) continue;
    const until = endedAt === null ? nowMillis : Date.parse(endedAt);
    const seconds = Math.max(price.minimumSeconds, (until - Date.parse(launchedAt)) / 1000);
    workerSeconds += seconds;
    if (capacity === 'spot') spotSeconds += seconds;
    usd += (seconds / 3600) * (capacity === 'spot' ? price.spotPerHourUsd : price.onDemandPerHourUsd);
  }
  return { usd, workerSeconds, spotSeconds };
};
