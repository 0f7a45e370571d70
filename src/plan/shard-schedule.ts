import { type ArrivalSchedule, arrivalSchedule } from './arrival-schedule.ts';
import type { Epoch } from './epochs.ts';
import type { Plan } from './plan.ts';
import { scenarioMix } from './scenario-mix.ts';
import type { ShardLane } from './shard-lane.ts';

/** An arrival of this lane: when, which scenario (index), and its rank there, which is its data row. */
export interface OwnedArrival {
  readonly index: number;
  readonly atMicros: number;
  readonly scenario: number;
  readonly rank: number;
}

/** The arrivals of a shard's lane in order, over changes of the epochs. Open model only. */
export interface ShardSchedule {
  /** The next arrival, without taking it. */
  peek(): OwnedArrival | undefined;
  take(): OwnedArrival | undefined;
  /**
   * Takes the epochs over. Arrivals this lane owes under them that were due before `nowMicros` are skipped and
   * counted as `missed`; arrivals it has taken that now belong to another shard or lane are counted as `duplicated`. Both are
   * 0 unless the change was read after its instant.
   */
  update(epochs: readonly Epoch[], nowMicros: number): { missed: number; duplicated: number };
}

/** How many members of `all` are not in `others`. */
const countMissing = (all: ReadonlySet<number>, others: ReadonlySet<number>): number => {
  let count = 0;
  for (const each of all) if (!others.has(each)) count++;
  return count;
};

export const shardSchedule = (
  plan: Plan,
  place: ShardLane,
  epochs: readonly Epoch[],
  fromMicros: number,
): ShardSchedule => {
  const mix = scenarioMix(plan.scenarios);
  let schedule: ArrivalSchedule = arrivalSchedule(plan, epochs);
  let known = epochs;
  let cursor = fromMicros > 0 ? schedule.countBefore(fromMicros / 1e6) : 0;
  /** Arrivals before it were skipped and are accounted for. */
  let firstOwn = cursor;
  let next: OwnedArrival | undefined;

  const dueMicros = (index: number): number =>
    Math.round((schedule.instantOf(index) ?? schedule.seconds) * 1e6);
  const find = (): OwnedArrival | undefined => {
    const index = schedule.nextOwned(place, cursor);
    if (index === undefined) return undefined;
    return { index, atMicros: dueMicros(index), scenario: mix.scenarioOf(index), rank: mix.rankOf(index) };
  };
  const owned = (of: ArrivalSchedule, from: number, until: number): Set<number> => {
    const found = new Set<number>();
    for (let i = of.nextOwned(place, from); i !== undefined && i < until; i = of.nextOwned(place, i + 1))
      found.add(i);
    return found;
  };
  next = find();

  return {
    peek: () => next,
    take() {
      const taken = next;
      if (taken !== undefined) {
        cursor = taken.index + 1;
        next = find();
      }
      return taken;
    },
    update(epochs, nowMicros) {
      const change = epochs[known.length];
      const before = schedule;
      known = epochs;
      schedule = arrivalSchedule(plan, epochs);
      let missed = 0;
      let duplicated = 0;
      // An arrival within rounding of the change may have been taken right before it, and be the new epoch's all the same.
      const late =
        change !== undefined && (change.fromInstant * 1e6 < nowMicros || change.firstArrival < cursor);
      if (late) {
        const taken = owned(before, Math.max(firstOwn, change.firstArrival), cursor);
        // A reader that is behind also skips what it owed before the change, so that counts as missed too.
        const firstUntaken = Math.max(firstOwn, Math.min(cursor, change.firstArrival));
        const sentUntil = cursor;
        cursor = Math.max(cursor, schedule.countBefore(nowMicros / 1e6));
        const owed = owned(schedule, firstUntaken, cursor);
        missed = countMissing(owed, taken);
        duplicated = countMissing(taken, owed);
        if (cursor > sentUntil) firstOwn = cursor;
      }
      next = find();
      return { missed, duplicated };
    },
  };
};
