import { ClusterRefusedError } from '../../../src/errors.ts';
import type {
  ArnPage,
  CallFailure,
  ClusterService,
  ClusterTask,
  ContainerCluster,
  ContainerInstance,
  TaskDefinitionFacts,
} from '../../../src/platform/ports/container-cluster.ts';

const atMost = (items: readonly unknown[], most: number, call: string): void => {
  if (items.length === 0 || items.length > most)
    throw new ClusterRefusedError(`${call}: ${items.length} at once`);
};

const pageOf = (arns: readonly string[], next: string | undefined): ArnPage => {
  const from = Number(next ?? 0);
  const page = { arns: arns.slice(from, from + 100) };
  return from + 100 < arns.length ? { ...page, next: String(from + 100) } : page;
};

export const serviceArn = (cluster: string, name: string): string =>
  `arn:aws:ecs:us-east-1:111122223333:service/${cluster}/${name}`;

export const aDefinition = (facts: Partial<TaskDefinitionFacts> = {}): TaskDefinitionFacts => ({
  taskDefinitionArn: 'task-definition/web:1',
  family: 'web',
  networkMode: 'bridge',
  stopTimeoutSeconds: null,
  cpu: 512,
  memoryMib: 1024,
  gpus: 0,
  tcpPorts: [],
  udpPorts: [],
  constraints: [],
  ...facts,
});

export const aService = (facts: Partial<ClusterService> = {}): ClusterService => {
  const { serviceName = 'web', desiredCount = 4 } = facts;
  return {
    serviceName,
    serviceArn: serviceArn('shop', serviceName),
    desiredCount,
    runningCount: desiredCount,
    pendingCount: 0,
    schedulingStrategy: 'REPLICA',
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    balancers: [],
    taskDefinitionArn: 'task-definition/web:1',
    isDeploying: false,
    constraints: [],
    isDistinct: false,
    ...facts,
  };
};

export const anInstance = (
  facts: Partial<ContainerInstance> & { readonly instanceId: string },
): ContainerInstance => ({
  containerInstanceArn: `container-instance/${facts.instanceId}`,
  status: 'ACTIVE',
  isAgentConnected: true,
  runningTasks: 0,
  pendingTasks: 0,
  capacityProviderName: null,
  version: 1,
  registeredAtMillis: Date.UTC(2026, 10, 21),
  instanceType: 'm6i.large',
  registered: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
  remaining: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
  attributes: {},
  taskEnis: 0,
  ...facts,
});

export const aTask = (
  facts: Partial<ClusterTask> & { readonly taskArn: string; readonly containerInstanceArn: string },
): ClusterTask => ({
  taskDefinitionArn: 'task-definition/web:1',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  service: 'web',
  startedBy: null,
  version: 1,
  tags: {},
  ports: [],
  group: 'service:web',
  cpu: 512,
  memoryMib: 1024,
  ...facts,
});

/** A cluster that is what it is said to be. Pages are of 100, and a batch that AWS would refuse is refused. */
export class PaperCluster implements ContainerCluster {
  readonly services = new Map<string, ClusterService>();
  readonly instances = new Map<string, ContainerInstance>();
  readonly tasks = new Map<string, ClusterTask>();
  readonly definitions = new Map<string, TaskDefinitionFacts>();
  readonly guarded = new Set<string>();
  /** In order: `web 4 -> 5`. */
  readonly changes: string[] = [];

  addService(facts: Partial<ClusterService> = {}): void {
    const service = aService(facts);
    this.services.set(service.serviceName, service);
  }

  addInstance(instance: ContainerInstance, tasks = 0): void {
    this.instances.set(instance.containerInstanceArn, instance);
    for (let place = 0; place < tasks; place++) {
      const taskArn = `task/${instance.instanceId}-${place}`;
      this.tasks.set(taskArn, aTask({ taskArn, containerInstanceArn: instance.containerInstanceArn }));
    }
  }

  async describeCluster(): Promise<undefined> {
    return undefined;
  }

  async listInstances(
    _: string,
    options: { readonly instanceIds?: readonly string[]; readonly next?: string } = {},
  ): Promise<ArnPage> {
    const arns = [...this.instances.values()]
      .filter(({ instanceId }) => options.instanceIds?.includes(instanceId) ?? true)
      .map(({ containerInstanceArn }) => containerInstanceArn);
    return pageOf(arns, options.next);
  }

  async describeInstances(_: string, arns: readonly string[]): Promise<readonly ContainerInstance[]> {
    atMost(arns, 100, 'DescribeContainerInstances');
    return arns.flatMap((arn) => this.instances.get(arn) ?? []);
  }

  async setInstanceState(
    _: string,
    arns: readonly string[],
    status: 'ACTIVE' | 'DRAINING',
  ): Promise<readonly CallFailure[]> {
    atMost(arns, 10, 'UpdateContainerInstancesState');
    for (const arn of arns) {
      const instance = this.instances.get(arn);
      if (instance === undefined) continue;
      this.instances.set(arn, { ...instance, status });
      this.changes.push(`${arn} ${status}`);
    }
    return [];
  }

  async listTasks(
    _: string,
    options: {
      readonly desiredStatus: string;
      readonly containerInstanceArn?: string;
      readonly next?: string;
    },
  ): Promise<ArnPage> {
    const arns = [...this.tasks.values()]
      .filter(({ desiredStatus }) => desiredStatus === options.desiredStatus)
      .filter(({ containerInstanceArn }) => containerInstanceArn === options.containerInstanceArn)
      .map(({ taskArn }) => taskArn);
    return pageOf(arns, options.next);
  }

  async describeTasks(_: string, arns: readonly string[]): Promise<readonly ClusterTask[]> {
    atMost(arns, 100, 'DescribeTasks');
    return arns.flatMap((arn) => this.tasks.get(arn) ?? []);
  }

  async describeServices(_: string, names: readonly string[]): Promise<readonly ClusterService[]> {
    atMost(names, 10, 'DescribeServices');
    return names.flatMap((name) => this.services.get(name) ?? []);
  }

  async listServices(_: string, next?: string): Promise<ArnPage> {
    return pageOf(
      [...this.services.values()].map(({ serviceArn: arn }) => arn),
      next,
    );
  }

  async setDesiredCount(_: string, service: string, desiredCount: number): Promise<void> {
    const known = this.services.get(service);
    if (known === undefined) throw new ClusterRefusedError(`there is no service ${service}`);
    this.changes.push(`${service} ${known.desiredCount} -> ${desiredCount}`);
    this.services.set(service, { ...known, desiredCount });
  }

  async describeTaskDefinition(arn: string): Promise<TaskDefinitionFacts | undefined> {
    return this.definitions.get(arn);
  }

  async protectedTasks(_: string, arns: readonly string[]) {
    atMost(arns, 100, 'GetTaskProtection');
    return arns.filter((arn) => this.guarded.has(arn)).map((taskArn) => ({ taskArn, untilMillis: 0 }));
  }

  async stopTask(): Promise<void> {
    throw new Error('a tick stops no task');
  }
}
