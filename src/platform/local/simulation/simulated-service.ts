import type { ClusterService } from '../../ports/container-cluster.ts';
import { RunningCount } from './running-count.ts';
import type { SimulatedDefinition, SimulatedTask } from './simulated-task.ts';
import type { ServiceSetup } from './simulation-setup.ts';

/** Each group of a service is behind a port of its own in one container. */
export const containerName = 'app';
export const firstContainerPort = 8080;

/** A service as it truly is. */
export class SimulatedService {
  readonly setup: ServiceSetup;
  readonly serviceArn: string;
  /** Of the newest deployment; tasks of an older one are replaced. */
  definition: SimulatedDefinition;
  /** Those that haven't ended. */
  readonly liveTasks = new Set<SimulatedTask>();
  /** Of the last hour. */
  readonly running = new RunningCount();
  desiredCount: number;
  /** Until the newest deployment has all of its tasks, and no older one has any. */
  isDeploying = false;

  constructor(clusterName: string, setup: ServiceSetup, definition: SimulatedDefinition) {
    this.setup = setup;
    this.serviceArn = `arn:aws:ecs:us-east-1:123456789012:service/${clusterName}/${setup.name}`;
    this.definition = definition;
    this.desiredCount = setup.desiredCount;
  }

  get serviceName(): string {
    return this.setup.name;
  }

  get groups(): readonly string[] {
    return this.setup.groups ?? [];
  }

  get minimumHealthyPercent(): number {
    return this.setup.minimumHealthyPercent ?? 100;
  }

  get maximumPercent(): number {
    return this.setup.maximumPercent ?? 200;
  }

  facts(): ClusterService {
    let pendingCount = 0;
    let runningCount = 0;
    for (const { lastStatus } of this.liveTasks) {
      if (lastStatus === 'PENDING') pendingCount++;
      if (lastStatus === 'RUNNING') runningCount++;
    }
    return {
      serviceName: this.serviceName,
      serviceArn: this.serviceArn,
      desiredCount: this.desiredCount,
      runningCount,
      pendingCount,
      schedulingStrategy: this.setup.schedulingStrategy ?? 'REPLICA',
      minimumHealthyPercent: this.minimumHealthyPercent,
      maximumPercent: this.maximumPercent,
      balancers: this.groups.map((targetGroupArn, index) => ({
        targetGroupArn,
        containerName,
        containerPort: firstContainerPort + index,
      })),
      taskDefinitionArn: this.definition.taskDefinitionArn,
      isDeploying: this.isDeploying,
      constraints: [],
      isDistinct: this.setup.isDistinct ?? false,
    };
  }
}
