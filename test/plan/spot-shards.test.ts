import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpotShard, spotShardsBefore } from '../../src/plan/spot-shards.ts';

const shares = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
const spotOf = (shards: number, share: number): readonly number[] =>
  Array.from({ length: shards }, (_, shard) => shard).filter((shard) => isSpotShard(shard, share));

describe('shards on spot capacity', () => {
  it('are none of them, every other one, or all', () => {
    expect(spotOf(6, 0)).toEqual([]);
    expect(spotOf(6, 0.5)).toEqual([1, 3, 5]);
    expect(spotOf(6, 1)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('are as many as the share says, whatever binary fractions make of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 100 }), (shards, percent) => {
        expect(spotOf(shards, percent / 100)).toHaveLength(Math.floor((shards * percent) / 100));
      }),
    );
    expect(spotOf(100, 0.29)).toHaveLength(29);
  });

  it('are counted beforehand as they are picked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), shares, (shards, share) => {
        expect(spotShardsBefore(shards, share)).toBe(spotOf(shards, share).length);
      }),
    );
  });

  it('stay the same when more shards come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        shares,
        (few, more, share) => {
          expect(spotOf(few + more, share).slice(0, spotOf(few, share).length)).toEqual(spotOf(few, share));
        },
      ),
    );
  });
});
