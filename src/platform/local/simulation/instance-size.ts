import type { InstanceRoom } from '../../ports/container-cluster.ts';

/** What an instance is: its type, what it offers to tasks as it registers with ECS, and its attributes. */
export interface SimulatedSize {
  /** `m6i.large`. */
  readonly type: string;
  /** 1,024 a vCPU. */
  readonly cpu: number;
  readonly memoryMib: number;
  readonly gpus?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What a task reserves unless its setup says; instances without a size have room for whole numbers of these. */
export const usualTask = { cpu: 128, memoryMib: 256 } as const;

/** The ports that ECS's agent and SSH keep on every instance. */
export const reservedPorts: readonly number[] = [22, 2375, 2376, 51678, 51679];

/** An instance with room for so many usual tasks. */
export const sizeOfSlots = (slots: number): SimulatedSize => ({
  type: 'm6i.4xlarge',
  cpu: slots * usualTask.cpu,
  memoryMib: slots * usualTask.memoryMib,
});

export const registeredRoom = ({ cpu, memoryMib, gpus = 0 }: SimulatedSize): InstanceRoom => ({
  cpu,
  memoryMib,
  gpus,
  tcpPorts: reservedPorts,
  udpPorts: [],
});
