import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalSchedule } from '../../src/plan/arrival-schedule.ts';
import { firstEpoch } from '../../src/plan/epochs.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type OwnedArrival, type ShardSchedule, shardSchedule } from '../../src/plan/shard-schedule.ts';
import { aPlan, aScenario, epochsOf, openLoad, someChanges, someOpenPlan } from './a-plan.ts';
import { lanesOf, shardAlone } from './lanes.ts';

const takeWhile = (
  schedule: ShardSchedule,
  wanted: (arrival: OwnedArrival) => boolean,
): readonly OwnedArrival[] => {
  const taken: OwnedArrival[] = [];
  for (let next = schedule.peek(); next !== undefined && wanted(next); next = schedule.peek()) {
    schedule.take();
    taken.push(next);
  }
  return taken;
};

const takeUntil = (schedule: ShardSchedule, micros: number): readonly OwnedArrival[] =>
  takeWhile(schedule, ({ atMicros }) => atMicros < micros);

const indicesOf = (arrivals: readonly OwnedArrival[]): readonly number[] =>
  arrivals.map(({ index }) => index).toSorted((a, b) => a - b);

const allOf = (plan: Plan, epochs: Parameters<typeof arrivalSchedule>[1]): readonly number[] =>
  Array.from({ length: arrivalSchedule(plan, epochs).total }, (_, arrival) => arrival);

describe('shard schedule', () => {
  it('yields each arrival exactly once over all lanes of all shards, for any changes known in time', () => {
    const lanes = fc.integer({ min: 1, max: 3 });
    const shardCounts = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(someOpenPlan, shardCounts, someChanges, lanes, (plan, shards, changes, of) => {
        const epochs = epochsOf(plan, shards, changes);
        const places = Array.from({ length: 6 }, (_, shard) => lanesOf(shard, of)).flat();
        const taken = places.map((place) => {
          const schedule = shardSchedule(plan, place, epochs.slice(0, 1), 0);
          const parts = epochs.slice(1).map((epoch, change) => {
            // In time is before the first arrival of the new epoch: one within rounding of the change may be due before it.
            const early = takeWhile(
              schedule,
              ({ index, atMicros }) => index < epoch.firstArrival && atMicros < epoch.fromInstant * 1e6 - 1,
            );
            const lost = schedule.update(epochs.slice(0, change + 2), epoch.fromInstant * 1e6 - 1);
            expect(lost).toEqual({ missed: 0, duplicated: 0 });
            return early;
          });
          return [...parts.flat(), ...takeUntil(schedule, Number.POSITIVE_INFINITY)];
        });
        expect(indicesOf(taken.flat())).toEqual(allOf(plan, epochs));
      }),
    );
  });

  it('yields a scenario and rank that belong to the arrival', () => {
    const plan = aPlan({ scenarios: [aScenario({ weight: 3 }), aScenario({ name: 'buy' })] });
    const taken = [0, 1, 2].flatMap((shard) =>
      takeUntil(shardSchedule(plan, shardAlone(shard), [firstEpoch(3)], 0), Number.POSITIVE_INFINITY),
    );
    for (const scenario of [0, 1]) {
      const ranks = taken.filter((each) => each.scenario === scenario).map(({ rank }) => rank);
      expect(ranks.toSorted((a, b) => a - b)).toEqual(ranks.map((_, index) => index));
    }
  });

  it('balances what late readers sent twice against what they missed', () => {
    const delay = fc.integer({ min: 0, max: 3_000_000 });
    fc.assert(
      fc.property(
        someOpenPlan,
        fc.integer({ min: 1, max: 4 }),
        someChanges.filter((changes) => changes.length > 0),
        fc.array(delay, { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (plan, shards, changes, delays, of) => {
          const epochs = epochsOf(plan, shards, changes.slice(0, 1));
          const changeMicros = (epochs[1]?.fromInstant ?? 0) * 1e6;
          let [sent, missed, duplicated] = [0, 0, 0];
          const places = delays.flatMap((late, shard) =>
            lanesOf(shard, of).map((place) => ({ place, late })),
          );
          for (const { place, late } of places) {
            const schedule = shardSchedule(plan, place, epochs.slice(0, 1), 0);
            const readAt = changeMicros + late;
            sent += takeUntil(schedule, readAt).length;
            const lost = schedule.update(epochs, readAt);
            missed += lost.missed;
            duplicated += lost.duplicated;
            sent += takeUntil(schedule, Number.POSITIVE_INFINITY).length;
          }
          expect(sent + missed - duplicated).toBe(arrivalSchedule(plan, epochs).total);
        },
      ),
    );
  });

  it('counts what a late reader owed and what it sent for others', () => {
    const plan = aPlan();
    const epochs = epochsOf(plan, 1, [{ at: 0.5, shardCount: 2 }]);
    // 50/s: 250 arrivals before the change, then 50 within the second until it is read, of which 25 are the shard's.
    const schedule = shardSchedule(plan, shardAlone(0), epochs.slice(0, 1), 0);
    expect(takeUntil(schedule, 6e6).length).toBe(300);
    expect(schedule.update(epochs, 6e6)).toEqual({ missed: 0, duplicated: 25 });
    const joining = shardSchedule(plan, shardAlone(1), epochs.slice(0, 1), 0);
    expect(takeUntil(joining, 6e6)).toEqual([]);
    expect(joining.update(epochs, 6e6)).toEqual({ missed: 25, duplicated: 0 });
    expect(joining.peek()?.index).toBe(301);
  });

  it('counts as missed what a reader that is behind skips from before the change', () => {
    const plan = aPlan();
    const epochs = epochsOf(plan, 1, [{ at: 0.5, shardCount: 2 }]);
    const schedule = shardSchedule(plan, shardAlone(0), epochs.slice(0, 1), 0);
    expect(takeUntil(schedule, 4e6).length).toBe(200);
    // It stood still from second 4 to second 6: 50 arrivals of its own, then its half of the next 50.
    expect(schedule.update(epochs, 6e6)).toEqual({ missed: 75, duplicated: 0 });
    expect(schedule.peek()?.index).toBe(300);
  });

  it.each([
    ['a change right after the start', [{ seconds: 0.1, from: 0, to: 1 }], { at: 2.5e-323, rateScale: 0 }],
    [
      'a stage that asks for next to nothing',
      [
        { seconds: 1.5, from: 0, to: 5e-324 },
        { seconds: 0.1, from: 0, to: 1 },
      ],
      { at: 1e-6, rateScale: 0 },
    ],
  ])(
    'counts an arrival that was taken within rounding before the change that took it away: %s',
    (...[, stages, change]) => {
      const plan = aPlan({ load: openLoad(stages) });
      const epochs = epochsOf(plan, 1, [change]);
      const changeMicros = (epochs[1]?.fromInstant ?? 0) * 1e6;
      const schedule = shardSchedule(plan, shardAlone(0), epochs.slice(0, 1), 0);
      expect(takeUntil(schedule, changeMicros).length).toBe(1);
      expect(schedule.update(epochs, changeMicros)).toEqual({ missed: 0, duplicated: 1 });
      expect(schedule.peek()).toBeUndefined();
    },
  );

  it('starts a replacement at its instant, without what came before', () => {
    const schedule = shardSchedule(aPlan(), shardAlone(1), [firstEpoch(2)], 2_000_000);
    expect(schedule.peek()).toMatchObject({ index: 101, atMicros: 2_020_000 });
  });

  it('counts nothing of what came before a replacement when it reads a change late', () => {
    const plan = aPlan();
    const epochs = epochsOf(plan, 1, [{ at: 0.5, shardCount: 2 }]);
    const schedule = shardSchedule(plan, shardAlone(0), epochs.slice(0, 1), 6_000_000);
    expect(takeUntil(schedule, 6.1e6).length).toBe(5);
    // It sent 300 to 304, of which 300, 302 and 304 stay its own.
    expect(schedule.update(epochs, 6.1e6)).toEqual({ missed: 0, duplicated: 2 });
    expect(schedule.peek()?.index).toBe(306);
  });
});
