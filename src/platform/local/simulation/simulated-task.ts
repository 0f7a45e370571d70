import type { ClusterTask, ContainerPort, TaskDefinitionFacts } from '../../ports/container-cluster.ts';
import type { Span } from './chance.ts';
import type { Serving } from './count-requests.ts';
import { Observed } from './observed.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import type { SimulatedService } from './simulated-service.ts';

export interface SimulatedDefinition extends TaskDefinitionFacts {
  readonly networkMode: 'bridge' | 'awsvpc';
  readonly onSigterm: 'closes' | 'dies';
  readonly servesOnMillis: number;
  readonly exitMillis: Span;
}

/** `stop-task`: by a call; `service`: by ECS's scheduler; `instance-gone`: with its instance; `itself`: from inside. */
export type TaskEnding = 'stop-task' | 'service' | 'instance-gone' | 'itself';

export interface TaskOrigin {
  readonly taskArn: string;
  /** Of all tasks that ever were, from 0. */
  readonly index: number;
  readonly instance: SimulatedInstance;
  readonly definition: SimulatedDefinition;
  readonly service: SimulatedService | null;
  readonly startedBy: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly ports: readonly ContainerPort[];
}

/** A task as it truly is; `seen` is what ECS's API has shown of it. */
export class SimulatedTask implements Serving {
  readonly origin: TaskOrigin;
  readonly seen = new Observed<ClusterTask>();
  lastStatus: 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'STOPPED' = 'PENDING';
  desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING';
  runningAtMillis: number | null = null;
  stopAskedAtMillis: number | null = null;
  sigtermAtMillis: number | null = null;
  closedAtMillis: number | null = null;
  endedAtMillis: number | null = null;
  /** ECS's scheduler registers a task of a service once, when it runs. */
  wasRegistered = false;
  /** Who wanted it to stop first. */
  endedBy: TaskEnding | null = null;
  #version = 0;

  constructor(origin: TaskOrigin) {
    this.origin = origin;
  }

  get taskArn(): string {
    return this.origin.taskArn;
  }

  get isServing(): boolean {
    return this.runningAtMillis !== null && this.closedAtMillis === null && this.endedAtMillis === null;
  }

  record(atMillis: number): void {
    const { origin } = this;
    this.seen.record(atMillis, {
      taskArn: origin.taskArn,
      containerInstanceArn: origin.instance.containerInstanceArn,
      taskDefinitionArn: origin.definition.taskDefinitionArn,
      lastStatus: this.lastStatus,
      desiredStatus: this.desiredStatus,
      ...(this.endedAtMillis === null ? {} : { stoppedAtMillis: this.endedAtMillis }),
      service: origin.service?.serviceName ?? null,
      startedBy: origin.startedBy,
      version: ++this.#version,
      tags: origin.tags,
      ports: this.lastStatus === 'PENDING' ? [] : origin.ports,
      group:
        origin.service === null
          ? `family:${origin.definition.family}`
          : `service:${origin.service.serviceName}`,
      cpu: origin.definition.cpu,
      memoryMib: origin.definition.memoryMib,
    });
  }
}
