import type { Epoch } from './epochs.ts';
import { shapeSeconds, valueAt } from './load-shape.ts';
import type { Plan } from './plan.ts';
import { numbersOfLane, type ShardLane } from './shard-lane.ts';

/**
 * Closed model: which virtual users a lane of a shard keeps running at an instant. User u belongs to shard
 * u mod shardCount, whose lanes share its users out; users 0 .. target-1 are wanted, where target is the stages' value
 * at that instant, scaled and rounded.
 */
export const usersOfShard = (
  plan: Plan,
  epochs: readonly Epoch[],
  place: ShardLane,
  instantSeconds: number,
): { readonly firstUser: number; readonly stride: number; readonly count: number } => {
  const epoch = epochs.findLast((candidate) => candidate.fromInstant <= instantSeconds) ?? epochs[0];
  const numbers = epoch === undefined ? undefined : numbersOfLane(place, epoch.shardCount);
  if (epoch === undefined || numbers === undefined || instantSeconds >= shapeSeconds(plan.load.stages)) {
    return { firstUser: place.shard, stride: 1, count: 0 };
  }
  const { first, stride } = numbers;
  const target = Math.round(valueAt(plan.load.stages, Math.max(0, instantSeconds)) * epoch.rateScale);
  return { firstUser: first, stride, count: target > first ? Math.ceil((target - first) / stride) : 0 };
};
