import { shapeSeconds } from '../plan/load-shape.ts';
import type { Plan } from '../plan/plan.ts';
import type { CapacityFacts, WorkerPrice } from '../platform/ports/capacity-survey.ts';
import { launchSeconds, launchWaits, type WorkerCounts } from './plan-launch.ts';

/** US dollars. */
export interface CostEstimate {
  readonly likely: number;
  /** With every worker on demand. */
  readonly most: number;
  /** What of either are requests to the object store. */
  readonly requests: number;
}

/** From being asked for until ready: an address, the image, the start. Taken for granted; Fargate promises nothing. */
export const usualStartSeconds = 45;

/**
 * Seconds that workers of one kind are paid for, together. Each is paid for from its launch until the whole run has
 * ended: while others are launched, get ready, the load, and the time that the plan gives arrivals to end.
 */
const paidSeconds = (
  workers: number,
  untilEnd: number,
  launch: CapacityFacts['launch'],
  { minimumSeconds }: WorkerPrice,
): number => Math.max(workers * minimumSeconds, workers * untilEnd - launchWaits(workers, launch));

/** What a run is likely to cost, by the hour prices of the survey; null where load costs nothing. */
export const estimateCost = (
  plan: Plan,
  counts: WorkerCounts,
  { price, launch }: Pick<CapacityFacts, 'price' | 'launch'>,
): CostEstimate | null => {
  if (price === null) return null;
  const startSeconds = Math.min(usualStartSeconds, plan.workers.readyTimeoutSeconds);
  const runSeconds = startSeconds + shapeSeconds(plan.load.stages) + plan.finishSeconds;
  const hoursOf = (workers: number, all: WorkerCounts): number =>
    paidSeconds(workers, launchSeconds(all, launch) + runSeconds, launch, price) / 3600;
  const onDemandHours = hoursOf(counts.onDemand, counts);
  const spotHours = hoursOf(counts.spot, counts);
  const everyone = counts.onDemand + counts.spot;
  const mostHours = hoursOf(everyone, { onDemand: everyone, spot: 0 });
  const requestsPerHour = price.requestsPerHourUsd ?? 0;
  const requests = (onDemandHours + spotHours) * requestsPerHour;
  return {
    likely: onDemandHours * price.onDemandPerHourUsd + spotHours * price.spotPerHourUsd + requests,
    most: mostHours * (price.onDemandPerHourUsd + requestsPerHour),
    requests,
  };
};
