import type { ContainerInstance, ContainerPort, InstanceRoom } from '../../ports/container-cluster.ts';
import { registeredRoom, reservedPorts, type SimulatedSize } from './instance-size.ts';
import { Observed } from './observed.ts';
import type { SimulatedService } from './simulated-service.ts';
import type { SimulatedDefinition, SimulatedTask } from './simulated-task.ts';

const firstDynamicPort = 32_768;

/** A container instance as it truly is; `seen` is what ECS's API has shown of it. */
export class SimulatedInstance {
  readonly containerInstanceArn: string;
  readonly instanceId: string;
  /** Of all instances that ever were, from 0. */
  readonly index: number;
  readonly size: SimulatedSize;
  readonly seen = new Observed<ContainerInstance>();
  /** All that ever were on it. */
  readonly tasks: SimulatedTask[] = [];
  /** Those that haven't ended. */
  readonly liveTasks = new Set<SimulatedTask>();
  /** `BOOTING` until it registers with ECS, which knows nothing of it before. */
  status: 'BOOTING' | 'ACTIVE' | 'DRAINING' | 'INACTIVE' = 'BOOTING';
  registeredAtMillis: number | null = null;
  goneAtMillis: number | null = null;
  readonly #registered: InstanceRoom;
  readonly #attributes: Readonly<Record<string, string>>;
  #version = 0;
  #portsGiven = 0;
  #usedCpu = 0;
  #usedMemoryMib = 0;
  #usedGpus = 0;
  #taskEnis = 0;
  #usedPorts: readonly number[] = reservedPorts;

  constructor(clusterName: string, index: number, size: SimulatedSize) {
    const id = (index + 1).toString(16).padStart(17, '0');
    this.containerInstanceArn = `arn:aws:ecs:us-east-1:123456789012:container-instance/${clusterName}/${id.padStart(32, 'c')}`;
    this.instanceId = `i-${id}`;
    this.index = index;
    this.size = size;
    this.#registered = registeredRoom(size);
    this.#attributes = { 'ecs.instance-type': size.type, ...size.attributes };
  }

  get address(): string {
    return `10.0.${this.index >> 8}.${this.index & 255}`;
  }

  /** Whether more is reserved on it than it has. */
  get isOverfull(): boolean {
    return this.#usedCpu > this.size.cpu || this.#usedMemoryMib > this.size.memoryMib;
  }

  take(task: SimulatedTask): void {
    this.tasks.push(task);
    this.liveTasks.add(task);
    this.#count(task.origin.definition, 1);
  }

  release(task: SimulatedTask): void {
    if (this.liveTasks.delete(task)) this.#count(task.origin.definition, -1);
  }

  /** How many more tasks of a definition ECS would place here. */
  roomFor(definition: SimulatedDefinition, service: SimulatedService | null = null): number {
    if (this.status !== 'ACTIVE') return 0;
    const isDistinct = service?.setup.isDistinct === true;
    if (definition.tcpPorts.some((port) => this.#usedPorts.includes(port))) return 0;
    if (isDistinct && this.#has(service)) return 0;
    const room = Math.min(
      (this.size.cpu - this.#usedCpu) / definition.cpu,
      (this.size.memoryMib - this.#usedMemoryMib) / definition.memoryMib,
      definition.gpus === 0
        ? Number.POSITIVE_INFINITY
        : ((this.size.gpus ?? 0) - this.#usedGpus) / definition.gpus,
      isDistinct || definition.tcpPorts.length > 0 ? 1 : Number.POSITIVE_INFINITY,
    );
    return Math.max(0, Math.floor(room));
  }

  /** A host's port is never given twice, so that a target is one task's for ever. */
  nextPort(containerName: string, containerPort: number): ContainerPort {
    const port = firstDynamicPort + this.#portsGiven++;
    // As ECS has it: bound to all addresses of the instance.
    const address = '0.0.0.0';
    return { containerName, containerPort, reach: 'instance', port, address, protocol: 'tcp' };
  }

  record(atMillis: number): void {
    if (this.status === 'BOOTING') return;
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
      registeredAtMillis: this.registeredAtMillis ?? atMillis,
      instanceType: this.size.type,
      registered: this.#registered,
      remaining: {
        cpu: this.size.cpu - this.#usedCpu,
        memoryMib: this.size.memoryMib - this.#usedMemoryMib,
        gpus: (this.size.gpus ?? 0) - this.#usedGpus,
        tcpPorts: this.#usedPorts,
        udpPorts: [],
      },
      attributes: this.#attributes,
      taskEnis: this.#taskEnis,
    });
  }

  #has(service: SimulatedService): boolean {
    for (const { origin } of this.liveTasks) if (origin.service === service) return true;
    return false;
  }

  #count({ cpu, memoryMib, gpus, networkMode, tcpPorts }: SimulatedDefinition, sign: 1 | -1): void {
    this.#usedCpu += sign * cpu;
    this.#usedMemoryMib += sign * memoryMib;
    this.#usedGpus += sign * gpus;
    if (networkMode === 'awsvpc') this.#taskEnis += sign;
    if (tcpPorts.length === 0) return;
    this.#usedPorts =
      sign === 1
        ? [...this.#usedPorts, ...tcpPorts]
        : this.#usedPorts.filter((port) => !tcpPorts.includes(port));
  }
}
