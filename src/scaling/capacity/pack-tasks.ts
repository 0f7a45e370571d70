import type { TaskNeeds } from '../cluster-snapshot.ts';
import type { InstanceSize } from '../policy/scaling-policy.ts';
import { type Doubt, hasRoom, occupy, type Room } from './room.ts';

/** So many tasks of one kind that need a place. */
export interface TaskDemand {
  /** `service:web`, `family:report`. */
  readonly group: string;
  readonly needs: TaskNeeds;
  readonly count: number;
  /** Tasks of the group that are on instances already: of tasks that must be distinct, those take an instance each. */
  readonly running: number;
}

/** The largest share of an instance that a task takes, in any dimension. */
export const dominantShare = (
  needs: Pick<TaskNeeds, 'cpu' | 'memoryMib' | 'gpus'>,
  of: Pick<InstanceSize, 'cpu' | 'memoryMib' | 'gpus'>,
): number => {
  const share = (part: number, whole: number): number => (part === 0 ? 0 : part / Math.max(whole, 1));
  return Math.max(share(needs.cpu, of.cpu), share(needs.memoryMib, of.memoryMib), share(needs.gpus, of.gpus));
};

/**
 * Largest first, as first-fit decreasing wants it, by the dominant share of the largest instance that there is; then by
 * name, so that the same demand is packed the same way.
 */
export const orderDemands = <Demand extends TaskDemand>(
  demands: readonly Demand[],
  largest: Pick<InstanceSize, 'cpu' | 'memoryMib' | 'gpus'>,
): readonly Demand[] =>
  demands
    .map((demand) => ({ demand, share: dominantShare(demand.needs, largest) }))
    .sort((a, b) => b.share - a.share || compareText(a.demand.group, b.demand.group))
    .map(({ demand }) => demand);

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Instances that must be passed over because tasks of a distinct group are on them, though nobody knows on which: for
 * buying, those that have no room anyway are taken to be the ones; for removing, those that have.
 */
const hiddenHosts = (rooms: readonly Room[], demand: TaskDemand, doubt: Doubt): number => {
  const { group, needs, running } = demand;
  if (!needs.isDistinct) return 0;
  let seen = 0;
  let full = 0;
  for (const room of rooms) {
    if (room.groups.has(group)) seen++;
    else if (room.hasUnseenTasks && !hasRoom(room, group, needs, doubt)) full++;
  }
  return Math.max(0, running - seen - (doubt === 'fits' ? full : 0));
};

/** Puts as many tasks of a demand as fit into the first rooms that have place for them; says how many that were. Changes the rooms. */
export const placeTasks = (
  rooms: readonly Room[],
  demand: TaskDemand,
  doubt: Doubt,
  count = demand.count,
): number => {
  const { group, needs } = demand;
  let left = count;
  let hidden = hiddenHosts(rooms, demand, doubt);
  for (const room of rooms) {
    if (left === 0) break;
    if (hidden > 0 && room.hasUnseenTasks && hasRoom(room, group, needs, doubt)) {
      hidden--;
      continue;
    }
    while (left > 0 && hasRoom(room, group, needs, doubt)) {
      occupy(room, group, needs);
      left--;
    }
  }
  return count - left;
};
