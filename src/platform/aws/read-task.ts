import type { Attachment, Container, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { ClusterTask, ContainerPort } from '../ports/container-cluster.ts';

/** Tasks of services are in the group `service:<name>`. */
const serviceGroup = 'service:';

/** ECS doesn't say which ports a task with an address of its own listens on: they are in its definition. */
export const needsDefinition = ({ attachments, containers }: Task): boolean =>
  (attachments ?? []).some(({ type }) => type === 'ElasticNetworkInterface') ||
  (containers ?? []).some(({ networkInterfaces }) => (networkInterfaces ?? []).length > 0);

export const parseTask = (task: Task, definition?: TaskDefinition): readonly ClusterTask[] => {
  const { taskArn, taskDefinitionArn, lastStatus, desiredStatus, group } = task;
  if (taskArn === undefined || taskDefinitionArn === undefined) return [];
  return [
    {
      taskArn,
      taskDefinitionArn,
      containerInstanceArn: task.containerInstanceArn ?? null,
      lastStatus: lastStatus ?? 'PROVISIONING',
      desiredStatus: desiredStatus ?? 'RUNNING',
      service: group?.startsWith(serviceGroup) === true ? group.slice(serviceGroup.length) : null,
      startedBy: task.startedBy ?? null,
      version: task.version ?? 0,
      ...(task.stoppedAt === undefined ? {} : { stoppedAtMillis: task.stoppedAt.getTime() }),
      tags: Object.fromEntries(
        (task.tags ?? []).flatMap(({ key, value }) => (key === undefined ? [] : [[key, value ?? '']])),
      ),
      ports: (task.containers ?? []).flatMap((container) => [
        ...portsOfInstance(container),
        ...portsOfAddress(container, task.attachments ?? [], definition),
      ]),
      group: group ?? '',
      cpu: placedWith(
        task.cpu,
        (task.containers ?? []).map(({ cpu }) => cpu),
      ),
      memoryMib: placedWith(
        task.memory,
        (task.containers ?? []).map(({ memory, memoryReservation }) => memoryReservation ?? memory),
      ),
    },
  ];
};

/** A task without a size of its own is as large as its containers together. */
const placedWith = (ofTask: string | undefined, ofContainers: readonly (string | undefined)[]): number =>
  Number(ofTask) > 0 ? Number(ofTask) : ofContainers.reduce((total, each) => total + (Number(each) || 0), 0);

/** Bridge and host network: the container's ports are ports of its host. IPv4 and IPv6 bindings of one port are one. */
const portsOfInstance = ({ name, networkBindings = [] }: Container): readonly ContainerPort[] => {
  const ports = networkBindings.flatMap(({ bindIP, containerPort, hostPort, protocol }): ContainerPort[] =>
    name === undefined || containerPort === undefined || hostPort === undefined
      ? []
      : [
          {
            containerName: name,
            containerPort,
            reach: 'instance',
            port: hostPort,
            address: bindIP ?? '0.0.0.0',
            protocol: protocol === 'udp' ? 'udp' : 'tcp',
          },
        ],
  );
  const isFirst = (port: ContainerPort, index: number): boolean =>
    ports.findIndex(
      (other) =>
        other.port === port.port &&
        other.containerPort === port.containerPort &&
        other.protocol === port.protocol,
    ) === index;
  return ports.filter(isFirst);
};

/** awsvpc: the task has an address of its own, by which the ports can be reached that its definition maps. */
const portsOfAddress = (
  { name, networkInterfaces = [] }: Container,
  attachments: readonly Attachment[],
  definition: TaskDefinition | undefined,
): readonly ContainerPort[] => {
  const attached = attachments
    .filter(({ type, status }) => type === 'ElasticNetworkInterface' && status !== 'DELETED')
    .flatMap(({ details }) => details?.find((detail) => detail.name === 'privateIPv4Address')?.value ?? []);
  const own = networkInterfaces.flatMap(({ privateIpv4Address }) => privateIpv4Address ?? []);
  const [address] = [...own, ...attached];
  if (name === undefined || address === undefined) return [];
  const mappings = definition?.containerDefinitions?.find((each) => each.name === name)?.portMappings ?? [];
  return mappings.flatMap(({ containerPort, protocol }): readonly ContainerPort[] =>
    containerPort === undefined
      ? []
      : [
          {
            containerName: name,
            containerPort,
            reach: 'ip',
            port: containerPort,
            address,
            protocol: protocol === 'udp' ? 'udp' : 'tcp',
          },
        ],
  );
};
