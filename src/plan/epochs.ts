/**
 * Which shard owns which arrival, over changes of worker count and rate. `control.json` holds the list; it is only
 * ever appended to, so that everybody who has read it agrees on every arrival before the newest epoch.
 */
export interface Epoch {
  /** Seconds since the run's start at which this epoch takes over. The first is 0. */
  readonly fromInstant: number;
  /** The first arrival that belongs to this epoch: arrival i belongs to shard (i - firstArrival) mod shardCount. */
  readonly firstArrival: number;
  readonly shardCount: number;
  /** Multiplies the plan's rate (closed model: its users); 1 is the plan as written. The duration stays. */
  readonly rateScale: number;
}

export const firstEpoch = (shardCount: number): Epoch => ({
  fromInstant: 0,
  firstArrival: 0,
  shardCount,
  rateScale: 1,
});

/**
 * The first epoch without the shard among those from index `known` on: where a worker that knew so many epochs when it
 * began leaves, even if a later epoch has the shard again. Worker and orchestrator decide by it alike.
 */
export const firstExclusion = (shard: number, known: number, epochs: readonly Epoch[]): Epoch | undefined =>
  epochs.slice(known).find((epoch) => shard >= epoch.shardCount);
