import type { PlatformPace } from '../../run/run-timing.ts';
import type { WorkerPrice } from '../ports/capacity-survey.ts';
import { type Architecture, fargatePrice } from './fargate-prices.ts';

/** S3 Standard in us-east-1, US dollars a request (https://aws.amazon.com/s3/pricing/, November 2026): $5 and $0.40 a million. */
const putUsd = 0.000005;
const getUsd = 0.0000004;

/** A worker looks at its lease about six times in the lease's length. */
const looksPerLease = 6;

/**
 * Spot costs up to 70 % less than on demand, by a price that moves and that no API tells. Counted at half, so that an
 * estimate, and a limit that is checked with it, errs on the high side.
 */
const spotFactor = 0.5;

/** Fargate pays by the second, a minute at least. */
const minimumSeconds = 60;

/** Segments written and read again by the observer, control and lease polled; a conditional read costs as any other. */
const requestsPerHourUsd = (pace: PlatformPace): number => {
  const leaseSeconds = 3 * pace.observeSeconds + pace.retryBudgetSeconds;
  const puts = 3600 / pace.segmentSecondsLong;
  const gets = puts + 3_600_000 / pace.pollMillis + (looksPerLease * 3600) / leaseSeconds;
  return puts * putUsd + gets * getUsd;
};

/** What a worker of that size costs; `known` is false when the region's price was not at hand. */
export const workerPrice = (
  worker: { readonly vcpu: number; readonly memoryGib: number },
  region: string,
  architecture: Architecture,
  pace: PlatformPace,
): { readonly price: WorkerPrice; readonly known: boolean } => {
  const { vcpuHourUsd, gibHourUsd, known } = fargatePrice(region, architecture);
  const onDemandPerHourUsd = worker.vcpu * vcpuHourUsd + worker.memoryGib * gibHourUsd;
  return {
    known,
    price: {
      onDemandPerHourUsd,
      spotPerHourUsd: onDemandPerHourUsd * spotFactor,
      requestsPerHourUsd: requestsPerHourUsd(pace),
      minimumSeconds,
    },
  };
};
