import type { InstanceSnapshot, TaskNeeds } from '../cluster-snapshot.ts';
import type { InstanceSize } from '../policy/scaling-policy.ts';
import { type AttributesKnown, decideSuits } from './decide-suits.ts';

/** What an instance has left, of which a plan takes. */
export interface Room extends AttributesKnown {
  cpu: number;
  memoryMib: number;
  gpus: number;
  /** Null when that isn't known to be a limit. */
  taskEnis: number | null;
  readonly tcpPorts: Set<number>;
  readonly udpPorts: Set<number>;
  /** Groups of tasks that are known to be on it. */
  readonly groups: Set<string>;
  /** Whether it may carry tasks of other groups too: nobody read its tasks. */
  readonly hasUnseenTasks: boolean;
}

/** How to take what isn't known: buying is wrong when it fits, removing when it doesn't. */
export type Doubt = 'fits' | 'fits-not';

/**
 * SSH, Docker and the agent itself.
 * Source: Amazon ECS API Reference, PortMapping: "22", "2375 and 2376", "51678-51680".
 */
const reservedPorts = [22, 2375, 2376, 51678, 51679, 51680];

/** As an instance would be right after it was launched. */
export const emptyRoom = (size: InstanceSize): Room => ({
  cpu: size.cpu,
  memoryMib: size.memoryMib,
  gpus: size.gpus,
  taskEnis: size.taskEnis,
  tcpPorts: new Set(reservedPorts),
  udpPorts: new Set(),
  groups: new Set(),
  hasUnseenTasks: false,
  attributes: size.attributes,
  isRegistered: false,
});

/** ECS has an attribute for the type on each instance; a snapshot may leave it out. */
export const attributesOf = ({ size, type }: Pick<InstanceSnapshot, 'size' | 'type'>): AttributesKnown => ({
  attributes: type === '' ? size.attributes : { 'ecs.instance-type': type, ...size.attributes },
  isRegistered: true,
});

export const roomLeft = (instance: InstanceSnapshot): Room => {
  const { free, tasks } = instance;
  return {
    cpu: free.cpu,
    memoryMib: free.memoryMib,
    gpus: free.gpus,
    taskEnis: free.taskEnis,
    tcpPorts: new Set(free.usedTcpPorts),
    udpPorts: new Set(free.usedUdpPorts),
    groups: new Set(tasks?.map(({ group }) => group)),
    hasUnseenTasks: tasks === undefined && instance.runningTasks + instance.pendingTasks > 0,
    ...attributesOf(instance),
  };
};

export const copyOf = (room: Room): Room => ({
  ...room,
  tcpPorts: new Set(room.tcpPorts),
  udpPorts: new Set(room.udpPorts),
  groups: new Set(room.groups),
});

export const hasRoom = (room: Room, group: string, needs: TaskNeeds, doubt: Doubt): boolean => {
  if (needs.cpu > room.cpu || needs.memoryMib > room.memoryMib || needs.gpus > room.gpus) return false;
  if (room.taskEnis !== null && needs.taskEnis > room.taskEnis) return false;
  if (needs.isDistinct && room.groups.has(group)) return false;
  if (needs.tcpPorts.some((port) => room.tcpPorts.has(port))) return false;
  if (needs.udpPorts.some((port) => room.udpPorts.has(port))) return false;
  if (needs.constraints.length === 0) return true;
  const suits = decideSuits(needs.constraints, room);
  return suits === 'yes' || (suits === 'unknown' && doubt === 'fits');
};

/** Only after `hasRoom`. */
export const occupy = (room: Room, group: string, needs: TaskNeeds): void => {
  room.cpu -= needs.cpu;
  room.memoryMib -= needs.memoryMib;
  room.gpus -= needs.gpus;
  if (room.taskEnis !== null) room.taskEnis -= needs.taskEnis;
  for (const port of needs.tcpPorts) room.tcpPorts.add(port);
  for (const port of needs.udpPorts) room.udpPorts.add(port);
  room.groups.add(group);
};
