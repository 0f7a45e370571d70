import type { ClusterService, TaskDefinitionFacts } from '../../platform/ports/container-cluster.ts';
import type { TaskNeeds } from '../cluster-snapshot.ts';

type Placement = Pick<ClusterService, 'constraints' | 'isDistinct'>;

/** What a task of a definition needs of an instance, within a service or by itself. */
export const needsOf = (definition: TaskDefinitionFacts, service?: Placement): TaskNeeds => ({
  cpu: definition.cpu,
  memoryMib: definition.memoryMib,
  gpus: definition.gpus,
  taskEnis: definition.networkMode === 'awsvpc' ? 1 : 0,
  tcpPorts: definition.tcpPorts,
  udpPorts: definition.udpPorts,
  constraints: [...definition.constraints, ...(service?.constraints ?? [])],
  isDistinct: service?.isDistinct ?? false,
});
