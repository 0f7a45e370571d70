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
