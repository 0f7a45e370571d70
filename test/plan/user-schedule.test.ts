import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendEpoch } from '../../src/plan/arrival-schedule.ts';
import { firstEpoch } from '../../src/plan/epochs.ts';
import { valueAt } from '../../src/plan/load-shape.ts';
import { usersOfShard } from '../../src/plan/user-schedule.ts';
import { aPlan } from './a-plan.ts';
import { lanesOf, shardAlone } from './lanes.ts';

const someUserStages = fc.array(
  fc.record({
    seconds: fc.integer({ min: 1, max: 10 }),
    from: fc.nat(200),
    to: fc.nat(200),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('virtual users', () => {
  it('are kept by exactly one lane of one shard each, and by all together as the stage says', () => {
    fc.assert(
      fc.property(
        someUserStages,
        fc.integer({ min: 1, max: 7 }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.constantFrom(0.5, 1, 2),
        fc.integer({ min: 1, max: 4 }),
        (stages, shardCount, instant, rateScale, lanes) => {
          const plan = aPlan({ load: { model: 'closed', stages } });
          const epochs = [{ ...firstEpoch(shardCount), rateScale }];
          const places = Array.from({ length: 8 }, (_, shard) => lanesOf(shard, lanes)).flat();
          const users = places
            .map((place) => usersOfShard(plan, epochs, place, instant))
            .flatMap(({ firstUser, stride, count }) =>
              Array.from({ length: count }, (_, index) => firstUser + index * stride),
            );
          const target = Math.round(valueAt(stages, instant) * rateScale);
          expect(users.toSorted((a, b) => a - b)).toEqual(Array.from({ length: target }, (_, user) => user));
        },
      ),
    );
  });

  it('are dealt anew when the number of shards changes, and gone when the stages are over', () => {
    const plan = aPlan({ load: { model: 'closed', stages: [{ seconds: 10, from: 10, to: 10 }] } });
    const epochs = appendEpoch(plan, [firstEpoch(1)], { fromInstant: 5, shardCount: 3 });
    const counts = [4, 5, 10].map((instant) =>
      [0, 1, 2].map((shard) => usersOfShard(plan, epochs, shardAlone(shard), instant).count),
    );
    expect(counts).toEqual([
      [10, 0, 0],
      [4, 3, 3],
      [0, 0, 0],
    ]);
  });
});
