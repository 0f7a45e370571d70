import type { Epoch } from './epochs.ts';
import { shapeSeconds, valueAt } from './load-shape.ts';
import type { Plan } from './plan.ts';

/**
 * Closed model: which virtual users a shard keeps running at an instant. User u belongs to shard u mod shardCount;
 * users 0 .. target-1 are wanted, where target is the stages' value at that instant, scaled and rounded.
 */
export const usersOfShard = (
  plan: Plan,
  epochs: readonly Epoch[],
  shard: number,
  instantSeconds: number,
): { readonly firstUser: number; readonly stride: number; readonly count: number } => {
  const epoch = epochs.findLast((candidate) => candidate.fromInstant <= instantSeconds) ?? epochs[0];
  if (epoch === undefined || shard >= epoch.shardCount || instantSeconds >= shapeSeconds(plan.load.stages)) {
    return { firstUser: shard, stride: 1, count: 0 };
  }
  const target = Math.round(valueAt(plan.load.stages, Math.max(0, instantSeconds)) * epoch.rateScale);
  const count = target > shard ? Math.ceil((target - shard) / epoch.shardCount) : 0;
  return { firstUser: shard, stride: epoch.shardCount, count };
};
