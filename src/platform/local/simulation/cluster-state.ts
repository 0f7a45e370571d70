import type { ContainerPort } from '../../ports/container-cluster.ts';
import { type SimulatedSize, usualTask } from './instance-size.ts';
import type { Journal } from './journal.ts';
import { SimulatedInstance } from './simulated-instance.ts';
import { containerName, firstContainerPort, type SimulatedService } from './simulated-service.ts';
import { type SimulatedDefinition, SimulatedTask } from './simulated-task.ts';
import type { TaskSetup } from './simulation-setup.ts';

export interface NewTask {
  readonly instance: SimulatedInstance;
  readonly definition: SimulatedDefinition;
  /** How many of its container's ports are reachable. */
  readonly portCount: number;
  readonly service?: SimulatedService;
  readonly startedBy?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Everything there is in a simulated cluster, in the order in which it came. */
export class ClusterState {
  readonly clusterName: string;
  readonly clusterArn: string;
  /** All that ever were registered. */
  readonly instances = new Map<string, SimulatedInstance>();
  /** Those of them that aren't gone. */
  readonly liveInstances = new Set<SimulatedInstance>();
  readonly instancesById = new Map<string, SimulatedInstance>();
  /** All that ever were. */
  readonly tasks: SimulatedTask[] = [];
  readonly tasksByArn = new Map<string, SimulatedTask>();
  /** By target, `<id>:<port>`. */
  readonly tasksByTarget = new Map<string, SimulatedTask>();
  readonly services = new Map<string, SimulatedService>();
  readonly definitions = new Map<string, SimulatedDefinition>();
  /** Until when, by the task's ARN. */
  readonly protectedUntil = new Map<string, number>();
  readonly journal: Journal;

  constructor(clusterName: string, journal: Journal) {
    this.clusterName = clusterName;
    this.clusterArn = `arn:aws:ecs:us-east-1:123456789012:cluster/${clusterName}`;
    this.journal = journal;
  }

  define(family: string, setup: TaskSetup, revision = 1): SimulatedDefinition {
    const definition: SimulatedDefinition = {
      taskDefinitionArn: `arn:aws:ecs:us-east-1:123456789012:task-definition/${family}:${revision}`,
      family,
      networkMode: setup.networkMode ?? 'bridge',
      stopTimeoutSeconds: setup.stopTimeoutSeconds ?? null,
      onSigterm: setup.onSigterm ?? 'closes',
      servesOnMillis: setup.servesOnMillis ?? 0,
      exitMillis: setup.exitMillis ?? [100, 2_000],
      cpu: setup.cpu ?? usualTask.cpu,
      memoryMib: setup.memoryMib ?? usualTask.memoryMib,
      gpus: setup.gpus ?? 0,
      tcpPorts: setup.tcpPorts ?? [],
      udpPorts: [],
      constraints: [],
    };
    this.definitions.set(definition.taskDefinitionArn, definition);
    return definition;
  }

  /** A machine that boots: EC2 knows it, ECS doesn't yet. */
  launchInstance(size: SimulatedSize): SimulatedInstance {
    const instance = new SimulatedInstance(this.clusterName, this.instancesById.size, size);
    this.instancesById.set(instance.instanceId, instance);
    return instance;
  }

  /** ECS's agent on it has registered. */
  registerInstance(instance: SimulatedInstance, seenFromMillis: number): void {
    this.instances.set(instance.containerInstanceArn, instance);
    this.liveInstances.add(instance);
    instance.status = 'ACTIVE';
    instance.registeredAtMillis = seenFromMillis;
    instance.record(seenFromMillis);
    this.journal.note(seenFromMillis, 'instance-added', instance.containerInstanceArn);
  }

  addInstance(size: SimulatedSize, seenFromMillis: number): SimulatedInstance {
    const instance = this.launchInstance(size);
    this.registerInstance(instance, seenFromMillis);
    return instance;
  }

  addTask({ instance, definition, portCount, service, startedBy, tags = {} }: NewTask): SimulatedTask {
    const index = this.tasks.length;
    const id = index.toString(16).padStart(32, '0');
    const task = new SimulatedTask({
      taskArn: this.#taskArn(id),
      index,
      instance,
      definition,
      service: service ?? null,
      startedBy: service === undefined ? (startedBy ?? null) : `ecs-svc/${service.serviceName}`,
      tags,
      ports: this.#ports(instance, definition, index, portCount),
    });
    this.tasks.push(task);
    this.tasksByArn.set(task.taskArn, task);
    instance.take(task);
    service?.liveTasks.add(task);
    for (const port of task.origin.ports)
      for (const target of targetsOf(instance, port)) this.tasksByTarget.set(targetKey(target), task);
    return task;
  }

  /** Where ECS places a task: spread, so on the instance with the most room. Undefined when it fits nowhere. */
  roomiest(
    definition: SimulatedDefinition,
    service: SimulatedService | null = null,
  ): SimulatedInstance | undefined {
    let best: SimulatedInstance | undefined;
    let most = 0;
    for (const instance of this.liveInstances) {
      const room = instance.roomFor(definition, service);
      if (room <= most) continue;
      best = instance;
      most = room;
    }
    return best;
  }

  /** By its ARN, or by the id at the end of it. */
  taskNamed(name: string): SimulatedTask | undefined {
    return this.tasksByArn.get(name.startsWith('arn:') ? name : this.#taskArn(name));
  }

  #taskArn(id: string): string {
    return `arn:aws:ecs:us-east-1:123456789012:task/${this.clusterName}/${id}`;
  }

  #ports(
    instance: SimulatedInstance,
    { networkMode }: SimulatedDefinition,
    index: number,
    count: number,
  ): readonly ContainerPort[] {
    return Array.from({ length: count }, (_, place) => {
      const containerPort = firstContainerPort + place;
      if (networkMode === 'bridge') return instance.nextPort(containerName, containerPort);
      const address = `10.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
      return { containerName, containerPort, reach: 'ip', port: containerPort, address, protocol: 'tcp' };
    });
  }
}

interface Target {
  readonly id: string;
  readonly port: number;
}

export const targetKey = ({ id, port }: Target): string => `${id}:${port}`;

/** By which target groups know a task's port. */
export const targetOf = (instanceId: string, { reach, address, port }: ContainerPort): Target => ({
  id: reach === 'ip' ? address : instanceId,
  port,
});

/** By which any balancer may know it: HAProxy reaches a port of an instance by the instance's address. */
export const targetsOf = (
  { instanceId, address }: SimulatedInstance,
  port: ContainerPort,
): readonly Target[] => [
  targetOf(instanceId, port),
  ...(port.reach === 'instance' ? [{ id: address, port: port.port }] : []),
];
