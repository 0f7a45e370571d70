import type { InstanceSnapshot, InstanceTask, ServiceSnapshot, TaskNeeds } from '../cluster-snapshot.ts';
import { dominantShare, orderDemands, placeTasks, type TaskDemand } from './pack-tasks.ts';
import { reservedOn } from './reservation.ts';
import { copyOf, roomLeft } from './room.ts';

/** Whether tasks find room, and headroom beside them; or which of both doesn't. */
export type Fit = 'fits' | 'tasks' | 'headroom';

export interface FitQuestion {
  /** Take tasks now. */
  readonly staying: readonly InstanceSnapshot[];
  /** Some of those, whose tasks move to the others. */
  readonly gone: readonly InstanceSnapshot[];
  /** What needs room before them. */
  readonly first: readonly TaskDemand[];
  /** By name. */
  readonly services: ReadonlyMap<string, ServiceSnapshot>;
  readonly headroom: readonly TaskDemand[];
}

const plain: Omit<TaskNeeds, 'cpu' | 'memoryMib'> = {
  gpus: 0,
  taskEnis: 0,
  tcpPorts: [],
  udpPorts: [],
  constraints: [],
  isDistinct: false,
};

/** What leaves an instance whose tasks nobody read: as many of equal size. */
export const averageTasks = (instance: InstanceSnapshot): readonly TaskDemand[] => {
  const count = instance.runningTasks + instance.pendingTasks;
  if (count === 0) return [];
  const { cpu, memoryMib } = reservedOn([instance]);
  const needs = { ...plain, cpu: cpu / count, memoryMib: memoryMib / count };
  return [{ group: `on:${instance.instanceId}`, needs, count, running: 0 }];
};

const largestOf = (
  instances: readonly InstanceSnapshot[],
): { cpu: number; memoryMib: number; gpus: number } =>
  instances.reduce(
    (most, { size }) => ({
      cpu: Math.max(most.cpu, size.cpu),
      memoryMib: Math.max(most.memoryMib, size.memoryMib),
      gpus: Math.max(most.gpus, size.gpus),
    }),
    { cpu: 0, memoryMib: 0, gpus: 0 },
  );

/** Packs everything anew: a task that was moved to an instance moves again when that one goes too. Pure. */
export const decideFit = ({ staying, gone, first, services, headroom }: FitQuestion): Fit => {
  const leaving = new Set(gone.map(({ instanceId }) => instanceId));
  const rooms = staying.filter(({ instanceId }) => !leaving.has(instanceId)).map(roomLeft);
  const largest = largestOf(staying);
  const haveRoom = orderDemands(first, largest).every(
    (demand) => placeTasks(rooms, demand, 'fits') === demand.count,
  );
  if (!haveRoom) return 'tasks';
  const runningOf = ({ service }: InstanceTask): number => {
    const known = services.get(service ?? '');
    return known === undefined ? 0 : known.runningCount + known.pendingCount - 1;
  };
  const moved = gone
    .flatMap(({ tasks = [] }) => tasks.filter(({ isDaemon }) => !isDaemon))
    .map((task) => ({ task, share: dominantShare(task, largest) }))
    .sort((a, b) => b.share - a.share);
  const areMoved = moved.every(({ task }) => {
    const demand = { group: task.group, needs: task, count: 1, running: runningOf(task) };
    return placeTasks(rooms, demand, 'fits-not') === 1;
  });
  if (!areMoved) return 'tasks';
  const spare = rooms.map(copyOf);
  return headroom.every((demand) => placeTasks(spare, demand, 'fits') === demand.count) ? 'fits' : 'headroom';
};
