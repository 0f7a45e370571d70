import type { ContainerInstance, ContainerPort } from '../../ports/container-cluster.ts';
import { Observed } from './observed.ts';
import type { SimulatedTask } from './simulated-task.ts';

const firstDynamicPort = 32_768;

/** A container instance as it truly is; `seen` is what ECS's API has shown of it. */
export class SimulatedInstance {
  readonly containerInstanceArn: string;
  readonly instanceId: string;
  /** Of all instances that ever were, from 0. */
  readonly index: number;
  readonly slots: number;
  readonly seen = new Observed<ContainerInstance>();
  /** All that ever were on it. */
  readonly tasks: SimulatedTask[] = [];
  /** Those that haven't ended. */
  readonly liveTasks = new Set<SimulatedTask>();
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE' = 'ACTIVE';
  goneAtMillis: number | null = null;
  #version = 0;
  #portsGiven = 0;

  constructor(clusterName: string, index: number, slots: number) {
    const id = (index + 1).toString(16).padStart(17, '0');
    this.containerInstanceArn = `arn:aws:ecs:us-east-1:123456789012:container-instance/${clusterName}/${id.padStart(32, 'c')}`;
    this.instanceId = `i-${id}`;
    this.index = index;
    this.slots = slots;
  }

  get address(): string {
    return `10.0.${this.index >> 8}.${this.index & 255}`;
  }

  get room(): number {
    return this.status === 'ACTIVE' ? this.slots - this.liveTasks.size : 0;
  }

  /** A host's port is never given twice, so that a target is one task's for ever. */
  nextPort(containerName: string, containerPort: number): ContainerPort {
    const port = firstDynamicPort + this.#portsGiven++;
    // As ECS has it: bound to all addresses of the instance.
    const address = '0.0.0.0';
    return { containerName, containerPort, reach: 'instance', port, address, protocol: 'tcp' };
  }

  record(atMillis: number): void {
    let pendingTasks = 0;
    for (const task of this.liveTasks) if (task.lastStatus === 'PENDING') pendingTasks++;
    this.seen.record(atMillis, {
      containerInstanceArn: this.containerInstanceArn,
      instanceId: this.instanceId,
      status: this.status,
      isAgentConnected: this.goneAtMillis === null,
      runningTasks: this.liveTasks.size - pendingTasks,
      pendingTasks,
      capacityProviderName: null,
      version: ++this.#version,
    });
  }
}
