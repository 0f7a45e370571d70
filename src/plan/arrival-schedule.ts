import { type ArrivalProcess, evenArrivals, poissonArrivals } from './arrival-process.ts';
import type { Epoch } from './epochs.ts';
import { cumulativeAt, instantOf, shapeSeconds } from './load-shape.ts';
import type { Plan, Stage } from './plan.ts';
import { numbersOfLane, type ShardLane } from './shard-lane.ts';

/**
 * The whole run's arrivals as a pure function of plan and epochs: which instant, which shard. Every worker and the
 * orchestrator compute the same one. In epoch e the scaled cumulative rate is
 * M(t) = M(start of e) + rateScale * (N(t) - N(start of e)), and arrival i is due when M(t) reaches its position, so
 * a change of workers alone moves no arrival, and a change of rate moves none before it.
 */
export interface ArrivalSchedule {
  readonly seconds: number;
  /** Arrivals of the whole run, over all shards. */
  readonly total: number;
  /** Seconds since start at which arrival i is due; undefined beyond the last. */
  instantOf(arrival: number): number | undefined;
  /** How many arrivals are due before an instant. */
  countBefore(instant: number): number;
  epochOf(arrival: number): Epoch;
  /** The smallest arrival >= `from` that belongs to the lane of the shard; undefined when it owns no more. */
  nextOwned(place: ShardLane, from: number): number | undefined;
}

interface PlacedEpoch extends Epoch {
  /** M at the epoch's start and N at the epoch's start. */
  readonly scaled: number;
  readonly unscaled: number;
}

const placeEpochs = (stages: readonly Stage[], epochs: readonly Epoch[]): PlacedEpoch[] => {
  const placed: PlacedEpoch[] = [];
  for (const epoch of epochs) {
    const unscaled = cumulativeAt(stages, epoch.fromInstant);
    const last = placed.at(-1);
    const scaled = last === undefined ? 0 : last.scaled + last.rateScale * (unscaled - last.unscaled);
    placed.push({ ...epoch, scaled, unscaled });
  }
  return placed;
};

const processOf = (plan: Plan): ArrivalProcess =>
  plan.load.model === 'open' && plan.load.arrivals === 'poisson' ? poissonArrivals(plan.seed) : evenArrivals;

export const arrivalSchedule = (plan: Plan, epochs: readonly Epoch[]): ArrivalSchedule => {
  const { stages } = plan.load;
  const process = processOf(plan);
  const placed = placeEpochs(stages, epochs);
  const seconds = shapeSeconds(stages);

  const scaledAt = (instant: number): number => {
    const epoch =
      placed.findLast((candidate) => candidate.fromInstant <= instant) ?? (placed[0] as PlacedEpoch);
    return epoch.scaled + epoch.rateScale * (cumulativeAt(stages, instant) - epoch.unscaled);
  };
  const placedEpochOf = (arrival: number): PlacedEpoch =>
    placed.findLast((epoch) => epoch.firstArrival <= arrival) ?? (placed[0] as PlacedEpoch);
  const total = process.countBefore(scaledAt(seconds));

  return {
    seconds,
    total,
    instantOf(arrival) {
      if (arrival >= total) return undefined;
      const epoch = placedEpochOf(arrival);
      const instant = instantOf(
        stages,
        epoch.unscaled + (process.position(arrival) - epoch.scaled) / epoch.rateScale,
      );
      // Rounding may not carry an arrival out of the run, nor before the epoch that owns it.
      return Math.max(epoch.fromInstant, Math.min(instant ?? seconds, seconds));
    },
    countBefore: (instant) => process.countBefore(scaledAt(Math.min(instant, seconds))),
    epochOf: placedEpochOf,
    nextOwned(place, from) {
      let candidate = from;
      for (;;) {
        if (candidate >= total) return undefined;
        const epoch = placedEpochOf(candidate);
        const end = placed.find((later) => later.firstArrival > candidate)?.firstArrival ?? total;
        const numbers = numbersOfLane(place, epoch.shardCount);
        if (numbers !== undefined) {
          const offset = (candidate - epoch.firstArrival) % numbers.stride;
          const owned = candidate + ((numbers.first - offset + numbers.stride) % numbers.stride);
          if (owned < end) return owned;
        }
        candidate = end;
      }
    },
  };
};

/**
 * The list with one more epoch, which takes over at `fromInstant`. Several changes for one instant: the last one
 * counts for all arrivals, because the ones before it own none.
 */
export const appendEpoch = (
  plan: Plan,
  epochs: readonly Epoch[],
  change: { fromInstant: number; shardCount?: number; rateScale?: number },
): Epoch[] => {
  const last = epochs.at(-1) as Epoch;
  const fromInstant = Math.max(change.fromInstant, last.fromInstant);
  return [
    ...epochs,
    {
      fromInstant,
      firstArrival: arrivalSchedule(plan, epochs).countBefore(fromInstant),
      shardCount: change.shardCount ?? last.shardCount,
      rateScale: change.rateScale ?? last.rateScale,
    },
  ];
};
