import type {
  Attachment,
  Cluster,
  ContainerInstance as EcsContainerInstance,
  Resource,
} from '@aws-sdk/client-ecs';
import type { ClusterFacts, ContainerInstance, InstanceRoom } from '../ports/container-cluster.ts';

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
  const attributes = Object.fromEntries(
    (instance.attributes ?? []).flatMap(({ name, value }) =>
      name === undefined ? [] : [[name, value ?? '']],
    ),
  );
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
      registeredAtMillis: instance.registeredAt?.getTime() ?? 0,
      instanceType: attributes['ecs.instance-type'] ?? '',
      registered: parseRoom(instance.registeredResources ?? []),
      remaining: parseRoom(instance.remainingResources ?? []),
      attributes,
      taskEnis: (instance.attachments ?? []).filter(isTaskEni).length,
    },
  ];
};

/** Ports are those in use, among what remains too. */
const parseRoom = (resources: readonly Resource[]): InstanceRoom => {
  const of = (name: string): Resource | undefined => resources.find((each) => each.name === name);
  const ports = (name: string): readonly number[] =>
    (of(name)?.stringSetValue ?? []).map(Number).filter(Number.isInteger);
  return {
    cpu: of('CPU')?.integerValue ?? 0,
    memoryMib: of('MEMORY')?.integerValue ?? 0,
    gpus: of('GPU')?.stringSetValue?.length ?? 0,
    tcpPorts: ports('PORTS'),
    udpPorts: ports('PORTS_UDP'),
  };
};

/** With ENI trunking the instance has a trunk besides, which is no task's. */
const isTaskEni = ({ type = '', status }: Attachment): boolean =>
  /^(ElasticNetworkInterface|eni)$/i.test(type) && status !== 'DELETED' && status !== 'DETACHED';
