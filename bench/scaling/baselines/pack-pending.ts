import type { ClusterSnapshot, InstanceSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { InstanceTypePolicy } from '../../../src/scaling/policy/scaling-policy.ts';

export interface Room {
  cpu: number;
  memoryMib: number;
}

export type Load = Readonly<Room>;

export const roomsOf = (instances: readonly InstanceSnapshot[]): Room[] =>
  instances.map(({ free: { cpu, memoryMib } }) => ({ cpu, memoryMib }));

/** First fit; takes the room. */
export const place = ({ cpu, memoryMib }: Load, rooms: readonly Room[]): boolean => {
  const room = rooms.find((one) => one.cpu >= cpu && one.memoryMib >= memoryMib);
  if (room === undefined) return false;
  room.cpu -= cpu;
  room.memoryMib -= memoryMib;
  return true;
};

/** How many more instances of that type are needed for tasks that wait, beyond those with room. Largest first. */
export const packPending = (
  { requests }: Pick<ClusterSnapshot, 'requests'>,
  rooms: Room[],
  { cpu, memoryMib }: InstanceTypePolicy,
): number => {
  let added = 0;
  for (const task of [...requests].sort((one, other) => other.cpu - one.cpu)) {
    if (task.cpu > cpu || task.memoryMib > memoryMib || place(task, rooms)) continue;
    added++;
    rooms.push({ cpu: cpu - task.cpu, memoryMib: memoryMib - task.memoryMib });
  }
  return added;
};
