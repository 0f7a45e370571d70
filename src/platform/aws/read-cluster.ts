import type {
  Cluster,
  ContainerInstance as EcsContainerInstance,
  Service,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type {
  ClusterFacts,
  ClusterService,
  ContainerInstance,
  TaskDefinitionFacts,
} from '../ports/container-cluster.ts';

const statuses = [
  'ACTIVE',
  'DRAINING',
  'REGISTERING',
  'DEREGISTERING',
  'REGISTRATION_FAILED',
  'INACTIVE',
] as const satisfies readonly ContainerInstance['status'][];

/** Undefined for one that was deleted: ECS goes on describing it for a while. */
export const parseCluster = (cluster: Cluster): ClusterFacts | undefined => {
  const { clusterArn, clusterName, status } = cluster;
  if (clusterArn === undefined || clusterName === undefined || status === 'INACTIVE') return undefined;
  return {
    clusterArn,
    clusterName,
    runningTasks: cluster.runningTasksCount ?? 0,
    pendingTasks: cluster.pendingTasksCount ?? 0,
    instances: cluster.registeredContainerInstancesCount ?? 0,
    capacityProviders: (cluster.capacityProviders ?? []).filter((name) => !name.startsWith('FARGATE')),
  };
};

export const parseInstance = (instance: EcsContainerInstance): readonly ContainerInstance[] => {
  const { containerInstanceArn, ec2InstanceId } = instance;
  if (containerInstanceArn === undefined || ec2InstanceId === undefined) return [];
  return [
    {
      containerInstanceArn,
      instanceId: ec2InstanceId,
      status: statuses.find((status) => status === instance.status) ?? 'INACTIVE',
      isAgentConnected: instance.agentConnected ?? false,
      runningTasks: instance.runningTasksCount ?? 0,
      pendingTasks: instance.pendingTasksCount ?? 0,
      capacityProviderName: instance.capacityProviderName ?? null,
      version: instance.version ?? 0,
    },
  ];
};

/** ECS's own defaults, which it leaves out for services made long ago. */
const defaultMinimumPercent = { REPLICA: 100, DAEMON: 0 } as const;
const defaultMaximumPercent = { REPLICA: 200, DAEMON: 100 } as const;

/** None for one that was deleted: ECS goes on describing it for a while. */
export const parseService = (service: Service): readonly ClusterService[] => {
  const { serviceName, serviceArn, status } = service;
  if (serviceName === undefined || serviceArn === undefined || status === 'INACTIVE') return [];
  const schedulingStrategy = service.schedulingStrategy === 'DAEMON' ? 'DAEMON' : 'REPLICA';
  const { minimumHealthyPercent, maximumPercent } = service.deploymentConfiguration ?? {};
  return [
    {
      serviceName,
      serviceArn,
      desiredCount: service.desiredCount ?? 0,
      runningCount: service.runningCount ?? 0,
      pendingCount: service.pendingCount ?? 0,
      schedulingStrategy,
      minimumHealthyPercent: minimumHealthyPercent ?? defaultMinimumPercent[schedulingStrategy],
      maximumPercent: maximumPercent ?? defaultMaximumPercent[schedulingStrategy],
      balancers: parseBalancers(service),
    },
  ];
};

/** Those of the service's task sets too: with CodeDeploy, each set has its own. */
const parseBalancers = ({ loadBalancers, taskSets }: Service): ClusterService['balancers'] => {
  const all = [...(loadBalancers ?? []), ...(taskSets ?? []).flatMap((set) => set.loadBalancers ?? [])];
  const found = all.flatMap(({ targetGroupArn, containerName, containerPort }) =>
    targetGroupArn === undefined || containerName === undefined || containerPort === undefined
      ? []
      : [{ targetGroupArn, containerName, containerPort }],
  );
  const byName = new Map(
    found.map((one) => [`${one.targetGroupArn} ${one.containerName} ${one.containerPort}`, one]),
  );
  return [...byName.values()];
};

export const parseTaskDefinition = (definition: TaskDefinition): TaskDefinitionFacts | undefined => {
  const { taskDefinitionArn, family, containerDefinitions = [] } = definition;
  if (taskDefinitionArn === undefined || family === undefined) return undefined;
  const timeouts = containerDefinitions.flatMap(({ stopTimeout }) => stopTimeout ?? []);
  return {
    taskDefinitionArn,
    family,
    networkMode: definition.networkMode ?? 'bridge',
    stopTimeoutSeconds: timeouts.length === 0 ? null : Math.max(...timeouts),
  };
};
