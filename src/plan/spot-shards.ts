/** A share such as 0.29 of 100 is 28.999999999999996 in binary, and means 29. */
const rounding = 1e-9;

/** How many of the first `shards` are carried by spot capacity. */
export const spotShardsBefore = (shards: number, share: number): number =>
  Math.floor(shards * share + rounding);

/**
 * Whether a shard is carried by spot capacity: spread evenly over the shards, the same for each launch and for whoever
 * counts them beforehand. `share` is 0 to 1.
 */
export const isSpotShard = (shard: number, share: number): boolean =>
  spotShardsBefore(shard + 1, share) > spotShardsBefore(shard, share);
