import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalSchedule } from '../../src/plan/arrival-schedule.ts';
import { firstEpoch } from '../../src/plan/epochs.ts';
import { cumulativeAt, shapeSeconds } from '../../src/plan/load-shape.ts';
import type { ShardLane } from '../../src/plan/shard-lane.ts';
import {
  aPlan,
  epochsOf,
  openLoad,
  someChanges,
  someOpenPlan,
  someShardChanges,
  someStages,
} from './a-plan.ts';
import { lanesOf, shardAlone } from './lanes.ts';

const instantsOf = (schedule: ReturnType<typeof arrivalSchedule>): readonly number[] =>
  Array.from({ length: schedule.total }, (_, arrival) => schedule.instantOf(arrival) ?? Number.NaN);

/** Arrivals, as a real number. */
const slack = 1e-4;

describe('arrival schedule', () => {
  it('sends 500 arrivals on a ramp from 0 to 100 over 10 s, where the integral says', () => {
    const plan = aPlan({ load: openLoad([{ seconds: 10, from: 0, to: 100 }]) });
    const schedule = arrivalSchedule(plan, [firstEpoch(1)]);
    expect(Math.abs(schedule.total - 500)).toBeLessThanOrEqual(1);
    // N(t) = 5 t^2, so arrival i is due at sqrt(i / 5).
    for (const [arrival, instant] of instantsOf(schedule).entries()) {
      expect(instant).toBeCloseTo(Math.sqrt(arrival / 5), 9);
    }
    expect(schedule.instantOf(schedule.total)).toBeUndefined();
  });

  it.each([1, 2, 3, 7])('sends exactly 4,000 arrivals at 200/s for 20 s on %i shards', (shards) => {
    const plan = aPlan({ load: openLoad([{ seconds: 20, from: 200, to: 200 }]) });
    expect(arrivalSchedule(plan, [firstEpoch(shards)]).total).toBe(4000);
  });

  it('places every arrival where the cumulative rate reaches its number, for any stages', () => {
    fc.assert(
      fc.property(someStages, (stages) => {
        const schedule = arrivalSchedule(aPlan({ load: openLoad(stages) }), [firstEpoch(3)]);
        const whole = cumulativeAt(stages, shapeSeconds(stages));
        expect(Math.abs(schedule.total - whole)).toBeLessThanOrEqual(1);
        for (const [arrival, instant] of instantsOf(schedule).entries()) {
          expect(Math.abs(cumulativeAt(stages, instant) - arrival)).toBeLessThan(1e-5);
        }
      }),
    );
  });

  it('keeps arrivals in order and inside the run, and counts them as it places them', () => {
    fc.assert(
      fc.property(
        someOpenPlan,
        someChanges,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (plan, changes, part) => {
          const schedule = arrivalSchedule(plan, epochsOf(plan, 2, changes));
          const instants = instantsOf(schedule);
          for (const [arrival, instant] of instants.entries()) {
            expect(instant).toBeGreaterThanOrEqual(instants[arrival - 1] ?? 0);
            expect(instant).toBeLessThanOrEqual(schedule.seconds);
          }
          const instant = part * schedule.seconds;
          const before = schedule.countBefore(instant);
          // Rounding is tolerated in arrivals, not in time: at a rate near 0 a millionth of an arrival takes long.
          const reached = cumulativeAt(plan.load.stages, instant);
          const cumulative = instants.map((each) => cumulativeAt(plan.load.stages, each));
          expect(before).toBeGreaterThanOrEqual(cumulative.filter((each) => each < reached - slack).length);
          expect(before).toBeLessThanOrEqual(cumulative.filter((each) => each < reached + slack).length);
        },
      ),
    );
  });

  it('gives each arrival to exactly one shard, over any changes', () => {
    fc.assert(
      fc.property(someOpenPlan, fc.integer({ min: 1, max: 6 }), someChanges, (plan, shards, changes) => {
        const schedule = arrivalSchedule(plan, epochsOf(plan, shards, changes));
        const owners = new Uint8Array(schedule.total);
        for (let shard = 0; shard < 6; shard++) {
          const place = shardAlone(shard);
          for (let i = schedule.nextOwned(place, 0); i !== undefined; i = schedule.nextOwned(place, i + 1)) {
            owners[i] = (owners[i] ?? 0) + 1;
            expect(shard).toBeLessThan(schedule.epochOf(i).shardCount);
          }
        }
        expect(owners.every((count) => count === 1)).toBe(true);
      }),
    );
  });

  it('moves no arrival when only the number of shards changes', () => {
    fc.assert(
      fc.property(someOpenPlan, someShardChanges, (plan, changes) => {
        const unchanged = arrivalSchedule(plan, [firstEpoch(1)]);
        const changed = arrivalSchedule(plan, epochsOf(plan, 4, changes));
        expect(changed.total).toBe(unchanged.total);
        for (const [arrival, instant] of instantsOf(changed).entries()) {
          const before = unchanged.instantOf(arrival) ?? Number.NaN;
          const shift = cumulativeAt(plan.load.stages, instant) - cumulativeAt(plan.load.stages, before);
          expect(Math.abs(shift)).toBeLessThan(slack);
        }
      }),
    );
  });

  it('moves no arrival from before a change of rate, and scales those after it', () => {
    const plan = aPlan({ load: openLoad([{ seconds: 10, from: 100, to: 100 }]) });
    const schedule = arrivalSchedule(plan, epochsOf(plan, 2, [{ at: 0.5, rateScale: 2 }]));
    expect(schedule.total).toBe(1500);
    expect(schedule.instantOf(499)).toBeCloseTo(4.99, 9);
    expect(schedule.instantOf(500)).toBeCloseTo(5, 9);
    expect(schedule.instantOf(501)).toBeCloseTo(5.005, 9);
    expect(schedule.seconds).toBe(10);
  });

  it('shares each shard out over its lanes exactly, over any changes', () => {
    const lanes = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        someOpenPlan,
        fc.integer({ min: 1, max: 6 }),
        someChanges,
        lanes,
        (plan, shards, changes, of) => {
          const schedule = arrivalSchedule(plan, epochsOf(plan, shards, changes));
          const owned = (place: ShardLane): readonly number[] => {
            const found: number[] = [];
            for (let i = schedule.nextOwned(place, 0); i !== undefined; i = schedule.nextOwned(place, i + 1))
              found.push(i);
            return found;
          };
          for (let shard = 0; shard < 6; shard++) {
            const shared = lanesOf(shard, of).flatMap((place) => owned(place));
            expect(shared.toSorted((a, b) => a - b)).toEqual(owned(shardAlone(shard)));
          }
        },
      ),
    );
  });

  it('lets the last of several changes for one instant count', () => {
    const plan = aPlan();
    const epochs = epochsOf(plan, 1, [
      { at: 0.5, shardCount: 5 },
      { at: 0.5, shardCount: 3 },
    ]);
    const schedule = arrivalSchedule(plan, epochs);
    expect(schedule.epochOf(250).shardCount).toBe(3);
    expect(schedule.nextOwned(shardAlone(4), 0)).toBeUndefined();
  });
});
