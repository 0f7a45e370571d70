import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import type { TaskDefinitionFacts } from '../ports/container-cluster.ts';

export const parseTaskDefinition = (definition: TaskDefinition): TaskDefinitionFacts | undefined => {
  const { taskDefinitionArn, family, containerDefinitions = [] } = definition;
  if (taskDefinitionArn === undefined || family === undefined) return undefined;
  const timeouts = containerDefinitions.flatMap(({ stopTimeout }) => stopTimeout ?? []);
  const networkMode = definition.networkMode ?? 'bridge';
  return {
    taskDefinitionArn,
    family,
    networkMode,
    stopTimeoutSeconds: timeouts.length === 0 ? null : Math.max(...timeouts),
    cpu: reserved(
      definition.cpu,
      containerDefinitions.map(({ cpu }) => cpu),
    ),
    memoryMib: reserved(definition.memory, containerDefinitions.map(memoryOf)),
    gpus: sum(containerDefinitions.map(gpusOf)),
    tcpPorts: hostPorts(networkMode, 'tcp', containerDefinitions),
    udpPorts: hostPorts(networkMode, 'udp', containerDefinitions),
    constraints: (definition.placementConstraints ?? []).flatMap(({ type, expression }) =>
      type === 'memberOf' && expression !== undefined ? [expression] : [],
    ),
  };
};

const sum = (numbers: readonly (number | undefined)[]): number =>
  numbers.reduce<number>((total, each) => total + (each ?? 0), 0);

/** What the task says is reserved for all of it; otherwise the sum of what its containers say. */
const reserved = (ofTask: string | undefined, ofContainers: readonly (number | undefined)[]): number =>
  Number(ofTask) > 0 ? Number(ofTask) : sum(ofContainers);

/** Of a soft and a hard limit, the soft one is what ECS reserves ("Task definition parameters": memoryReservation). */
const memoryOf = ({ memory, memoryReservation }: ContainerDefinition): number | undefined =>
  memoryReservation ?? memory;

const gpusOf = ({ resourceRequirements = [] }: ContainerDefinition): number =>
  sum(resourceRequirements.map(({ type, value }) => (type === 'GPU' ? Number(value) : 0)));

/**
 * Ports of the host that no other task on it may have: on the host's own network those of the containers, on a bridge the
 * fixed ones. Ranges are fixed on the host's network only.
 */
const hostPorts = (
  networkMode: TaskDefinitionFacts['networkMode'],
  wanted: 'tcp' | 'udp',
  containers: readonly ContainerDefinition[],
): readonly number[] => {
  const mappings = containers
    .flatMap(({ portMappings }) => portMappings ?? [])
    .filter(({ protocol }) => (protocol ?? 'tcp') === wanted);
  if (networkMode === 'bridge') return unique(mappings.flatMap(({ hostPort }) => hostPort || []));
  if (networkMode !== 'host') return [];
  return unique(
    mappings.flatMap(({ containerPort, containerPortRange }) =>
      containerPortRange === undefined ? (containerPort ?? []) : portsOfRange(containerPortRange),
    ),
  );
};

const unique = (ports: readonly number[]): readonly number[] => [...new Set(ports)];

/** "The maximum number of ports in a range is 100" (PortMapping in the API reference). */
const mostPorts = 100;

/** `8000-8010`. */
const portsOfRange = (range: string): readonly number[] => {
  const [from = 0, to = from] = range.split('-').map(Number);
  return Array.from({ length: Math.min(mostPorts, Math.max(0, to - from + 1)) }, (_, index) => from + index);
};
