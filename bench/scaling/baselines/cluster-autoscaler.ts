import type {
  ClusterSnapshot,
  InstanceSnapshot,
  InstanceTask,
} from '../../../src/scaling/cluster-snapshot.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import type { BenchWorld } from '../bench-world.ts';
import {
  activeOf,
  dealInstances,
  drained,
  type PoolTargets,
  poolActions,
  poolsOf,
  targetsOf,
  terminate,
} from './deal-instances.ts';
import { packPending, place, type Room, roomsOf } from './pack-pending.ts';

const utilisationThreshold = 0.5;
const unneededMillis = 600_000;
const afterAddMillis = 600_000;
const provisionMillis = 900_000;
const backoffMillis = 300_000;
/** Without tasks as many, with tasks one after another. */
const mostEmptyAtOnce = 10;

const useOf = ({ size, free }: InstanceSnapshot): number =>
  Math.max(1 - free.cpu / size.cpu, 1 - free.memoryMib / size.memoryMib);

export const isUnderused = (instance: InstanceSnapshot): boolean => useOf(instance) < utilisationThreshold;

const isEmpty = ({ runningTasks, pendingTasks }: InstanceSnapshot): boolean =>
  runningTasks + pendingTasks === 0;

/** Whether its tasks fit on the others; they then take that room. */
const moves = (tasks: readonly InstanceTask[], others: readonly Room[]): boolean => {
  const tried = others.map((room) => ({ ...room }));
  if (!tasks.every((task) => place(task, tried))) return false;
  for (const [index, room] of tried.entries()) Object.assign(others[index] ?? {}, room);
  return true;
};

/** Underused instances whose tasks fit on the others, one after another. */
const planUnneeded = (active: readonly InstanceSnapshot[]): readonly InstanceSnapshot[] => {
  const rooms = new Map(active.map((instance, index) => [instance, roomsOf(active)[index]]));
  const unneeded: InstanceSnapshot[] = [];
  for (const instance of active.filter(isUnderused).sort((one, other) => useOf(one) - useOf(other))) {
    const others = [...rooms].flatMap(([other, room]) => (other === instance || !room ? [] : [room]));
    if (!isEmpty(instance) && (instance.tasks === undefined || !moves(instance.tasks, others))) continue;
    rooms.delete(instance);
    unneeded.push(instance);
  }
  return unneeded;
};

/**
 * The Kubernetes cluster autoscaler at its defaults, scanned each 10 s: instances for pods that wait, less those on their way;
 * one is removed that is used to less than 50 % for 10 minutes, 10 minutes after the last was added, when its pods fit
 * elsewhere. A group that doesn't deliver within 15 minutes is passed over for 5. Instances are dealt to groups by share, as
 * everybody's here, where the real one would choose by its expander.
 * Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md
 */
export const createClusterAutoscaler = ({
  policy,
  setup,
}: BenchWorld): ((snapshot: ClusterSnapshot) => readonly ScalingAction[]) => {
  const pools = poolsOf(policy);
  const type = setup.capacity?.pools[0]?.instanceTypes[0];
  const unneededSince = new Map<string, number>();
  const shortSince = new Map<string, number>();
  const passedOverUntil = new Map<string, number>();
  let addedMillis = Number.NEGATIVE_INFINITY;

  const giveUp = (snapshot: ClusterSnapshot, targets: PoolTargets): void => {
    for (const { name, targetUnits, members } of snapshot.pools) {
      if (members.length >= targetUnits) shortSince.delete(name);
      else if (!shortSince.has(name)) shortSince.set(name, snapshot.atMillis);
      else if (snapshot.atMillis - (shortSince.get(name) ?? 0) >= provisionMillis) {
        targets.set(name, members.length);
        passedOverUntil.set(name, snapshot.atMillis + backoffMillis);
        shortSince.delete(name);
      }
    }
  };

  const scaleDown = (snapshot: ClusterSnapshot, targets: PoolTargets): readonly ScalingAction[] => {
    const { atMillis } = snapshot;
    const unneeded = planUnneeded(activeOf(snapshot));
    const ids = new Set(unneeded.map(({ instanceId }) => instanceId));
    for (const id of unneededSince.keys()) if (!ids.has(id)) unneededSince.delete(id);
    for (const id of ids) if (!unneededSince.has(id)) unneededSince.set(id, atMillis);
    if (atMillis - addedMillis < afterAddMillis) return [];
    const ripe = unneeded.filter(
      ({ instanceId }) => atMillis - (unneededSince.get(instanceId) ?? atMillis) >= unneededMillis,
    );
    const empty = ripe.filter(isEmpty);
    if (empty.length > 0) return terminate(empty.slice(0, mostEmptyAtOnce), targets);
    const isDraining = snapshot.leaving.some(({ isOurs, state }) => isOurs && state === 'draining');
    const [next] = ripe;
    if (isDraining || next?.pool == null) return [];
    return [{ kind: 'beginDrain', pool: next.pool, instanceId: next.instanceId, weight: 1 }];
  };

  return (snapshot) => {
    if (type === undefined) return [];
    const before = targetsOf(snapshot);
    const targets = targetsOf(snapshot);
    giveUp(snapshot, targets);
    const lowered = poolActions(before, targets);
    const ended = terminate(drained(snapshot), targets);
    const { requests } = snapshot;
    if (requests.length > 0) {
      const registered = new Set(snapshot.instances.map(({ instanceId }) => instanceId));
      const coming = snapshot.pools.reduce((sum, { name, members }) => {
        const there = members.filter(({ instanceId }) => registered.has(instanceId)).length;
        return sum + Math.max(0, (targets.get(name) ?? 0) - there);
      }, 0);
      const rooms = Array.from({ length: coming }, () => ({ cpu: type.cpu, memoryMib: type.memoryMib }));
      const wanted = packPending(snapshot, rooms, type);
      const open = pools.filter(({ name }) => (passedOverUntil.get(name) ?? 0) <= snapshot.atMillis);
      const dealt = dealInstances(wanted, open, targets);
      if (wanted > 0) addedMillis = snapshot.atMillis;
      return [...lowered, ...ended, ...poolActions(targets, dealt)];
    }
    return [...lowered, ...ended, ...scaleDown(snapshot, targets)];
  };
};
