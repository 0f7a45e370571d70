/** One of the engines that share a worker's shard. `{ index: 0, of: 1 }` has it to itself. */
export interface Lane {
  readonly index: number;
  readonly of: number;
}

/** A shard, or the part of it that is one lane's. */
export interface ShardLane {
  readonly shard: number;
  readonly lane: Lane;
}

/** The numbers `first`, `first + stride`, `first + 2 stride` … are the lane's; undefined when its shard has none. */
export const numbersOfLane = (
  { shard, lane }: ShardLane,
  shardCount: number,
): { readonly first: number; readonly stride: number } | undefined =>
  shard < shardCount ? { first: shard + shardCount * lane.index, stride: shardCount * lane.of } : undefined;
