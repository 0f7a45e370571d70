import type { InstanceSize } from '../policy/scaling-policy.ts';
import { orderDemands, placeTasks, type TaskDemand } from './pack-tasks.ts';
import { type Provision, type Refusal, roomOf, type Slot } from './provision.ts';

/** Where the tasks of a demand would go. */
export interface Placement<Demand extends TaskDemand = TaskDemand> {
  readonly demand: Demand;
  /** On instances that serve: ECS may place them any time. */
  readonly onServing: number;
  /** On what is on its way, was taken back or ordered. */
  readonly onMore: number;
  /** They wait until the size of what is on its way is known. */
  readonly awaiting: number;
  /** No place for them, and none to be had. */
  readonly left: number;
  readonly refusal: Refusal | null;
}

/** What instances are measured by: nothing smaller than the largest that there is or may be. */
const largestOf = (provision: Provision): Pick<InstanceSize, 'cpu' | 'memoryMib' | 'gpus'> => {
  const sizes = [
    ...provision.serving.flatMap(({ size }) => (size === null ? [] : [size])),
    ...provision.pools.flatMap(({ types }) => types.map(({ size }) => size)),
  ];
  const most = (of: (size: InstanceSize) => number): number =>
    sizes.reduce((largest, size) => Math.max(largest, of(size)), 0);
  return {
    cpu: most(({ cpu }) => cpu),
    memoryMib: most(({ memoryMib }) => memoryMib),
    gpus: most(({ gpus }) => gpus),
  };
};

const isKnown = (slot: Slot): boolean => slot.size !== null;

/**
 * Packs tasks, the largest first, into the first place that has room: on instances that serve, on those that are on their way
 * or were ordered before, and at last on more of them.
 */
export const placeDemands = <Demand extends TaskDemand>(
  provision: Provision,
  demands: readonly Demand[],
): readonly Placement<Demand>[] => {
  if (demands.length === 0) return [];
  const { coming, takenBack, bought } = provision;
  const serving = provision.serving.map(roomOf);
  const more = [...coming, ...takenBack, ...bought].filter(isKnown).map(roomOf);
  const isAwaited = (): boolean => ![...coming, ...bought].every(isKnown);
  return orderDemands(demands, largestOf(provision)).map((demand) => {
    const { group, needs } = demand;
    const onServing = placeTasks(serving, demand, 'fits');
    let left = demand.count - onServing;
    left -= placeTasks(more, demand, 'fits', left);
    while (left > 0) {
      const slot = provision.open({ group, needs });
      if (slot === undefined) break;
      if (!isKnown(slot)) continue;
      const room = roomOf(slot);
      more.push(room);
      const placed = placeTasks([room], demand, 'fits', left);
      if (placed === 0) break;
      left -= placed;
    }
    const refusal = left > 0 ? provision.refusal({ group, needs }) : null;
    const awaiting = refusal !== 'no-type' && refusal !== 'in-vain' && isAwaited() ? left : 0;
    const onMore = demand.count - onServing - left;
    left -= awaiting;
    return { demand, onServing, onMore, awaiting, left, refusal: left > 0 ? refusal : null };
  });
};
