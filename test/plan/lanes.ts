import type { ShardLane } from '../../src/plan/shard-lane.ts';

/** Every lane of a shard; one has it to itself. */
export const lanesOf = (shard: number, count = 1): readonly ShardLane[] =>
  Array.from({ length: count }, (_, index) => ({ shard, lane: { index, of: count } }));

/** A shard that isn't shared out. */
export const shardAlone = (shard: number): ShardLane => ({ shard, lane: { index: 0, of: 1 } });
