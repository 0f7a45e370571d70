import type { ClusterPicture } from '../../../src/drain/operator/risks/drain-risk.ts';
import type { BalancerGroup } from '../../../src/platform/ports/balancer.ts';
import type {
  ClusterService,
  ClusterTask,
  ContainerInstance,
  TaskDefinitionFacts,
} from '../../../src/platform/ports/container-cluster.ts';

export const anInstance = (overrides: Partial<ContainerInstance> = {}): ContainerInstance => ({
  containerInstanceArn: `ci/${overrides.instanceId ?? 'i-1'}`,
  instanceId: 'i-1',
  status: 'ACTIVE',
  isAgentConnected: true,
  runningTasks: 1,
  pendingTasks: 0,
  capacityProviderName: null,
  version: 1,
  registeredAtMillis: 1_800_000_000_000,
  instanceType: 'm6i.large',
  registered: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
  remaining: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
  attributes: {},
  taskEnis: 0,
  ...overrides,
});

export const aClusterTask = (overrides: Partial<ClusterTask> = {}): ClusterTask => ({
  taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/shop/1',
  containerInstanceArn: 'ci/i-1',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  service: 'web',
  startedBy: null,
  version: 1,
  tags: {},
  ports: [],
  group: 'service:web',
  cpu: 256,
  memoryMib: 512,
  ...overrides,
});

export const aService = (overrides: Partial<ClusterService> = {}): ClusterService => ({
  serviceName: 'web',
  serviceArn: `arn:aws:ecs:us-east-1:123456789012:service/shop/${overrides.serviceName ?? 'web'}`,
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  schedulingStrategy: 'REPLICA',
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  balancers: [{ targetGroupArn: 'web', containerName: 'app', containerPort: 80 }],
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  isDeploying: false,
  constraints: [],
  isDistinct: false,
  ...overrides,
});

export const aGroup = (overrides: Partial<BalancerGroup> = {}): BalancerGroup => ({
  group: 'web',
  targetType: 'instance',
  deregistrationDelaySeconds: 30,
  isInUse: true,
  ...overrides,
});

export const aDefinition = (overrides: Partial<TaskDefinitionFacts> = {}): TaskDefinitionFacts => ({
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  family: 'web',
  networkMode: 'bridge',
  stopTimeoutSeconds: 30,
  cpu: 256,
  memoryMib: 512,
  gpus: 0,
  tcpPorts: [],
  udpPorts: [],
  constraints: [],
  ...overrides,
});

/** A cluster in which a drain goes well: a service of two tasks on two instances. */
export const aPicture = (overrides: Partial<ClusterPicture> = {}): ClusterPicture => ({
  cluster: {
    clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/shop',
    clusterName: 'shop',
    runningTasks: 2,
    pendingTasks: 0,
    instances: 2,
    capacityProviders: [],
  },
  instances: [anInstance(), anInstance({ instanceId: 'i-2' })],
  tasks: [aClusterTask(), aClusterTask({ taskArn: 'task/2', containerInstanceArn: 'ci/i-2' })],
  services: [aService()],
  definitions: [aDefinition()],
  groups: [aGroup()],
  missingGroups: [],
  leftOut: [],
  ...overrides,
});
