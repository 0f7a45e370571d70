import type { ClusterTask, ContainerPort } from '../../platform/ports/container-cluster.ts';
import type { DrainTarget, KnownService } from '../coordinator/drain-state.ts';
import { isHaproxyGroup } from './route-balancers.ts';

/** On a task without a service: the group that sends requests to it. */
export const balancerTag = 'stormdrain.balancer';
/** On such a task when it listens on several: the container's port. */
export const portTag = 'stormdrain.port';

type BalancerPlace = Pick<DrainTarget, 'group' | 'id' | 'port'>;

/** The instance that a task runs on; the address is null where nobody asked EC2 for it. */
export interface TaskPlace {
  readonly instanceId: string;
  readonly address: string | null;
}

/** Bound to all of its host's addresses: ECS doesn't say what these are. */
const isAnywhere = (address: string): boolean => ['', '0.0.0.0', '::'].includes(address);

/** By which a group knows a port; null where that is the address of an instance, and isn't known. */
export const targetId = (group: string, port: ContainerPort, place: TaskPlace): string | null => {
  if (port.reach === 'ip') return port.address;
  if (!isHaproxyGroup(group)) return place.instanceId;
  return isAnywhere(port.address) ? place.address : port.address;
};

/**
 * Where balancers reach a task. Null while that can't be known: its service wasn't read, a port isn't bound yet, or the
 * task is behind HAProxy by its instance's address and nobody has looked up what was registered. `registered`: what the
 * targets document has of the task; whatever stands there is to be deregistered. A tagged task with several ports and no
 * word on which has all of them: to deregister what isn't registered does no harm.
 */
export const targetsOfTask = (
  task: ClusterTask,
  instanceId: string,
  service: KnownService | undefined,
  registered?: readonly BalancerPlace[],
): readonly DrainTarget[] | null => {
  if (task.service !== null && service === undefined) return null;
  const tcp = task.ports.filter((port) => port.protocol === 'tcp');
  const targets = new Map<string, DrainTarget>();
  const add = ({ group, id, port }: BalancerPlace): void =>
    void targets.set(`${group} ${id} ${port}`, { group, id, port });
  const addPorts = (group: string, ports: readonly ContainerPort[]): void => {
    for (const port of ports) {
      const id = targetId(group, port, { instanceId, address: null });
      if (id !== null) add({ group, id, port: port.port });
    }
  };
  if (task.service !== null) {
    for (const { group, containerName, containerPort } of service?.balancers ?? []) {
      const ports = tcp.filter((p) => p.containerName === containerName && p.containerPort === containerPort);
      if (ports.length === 0) return null;
      addPorts(group, ports);
    }
    return [...targets.values()];
  }
  for (const target of registered ?? []) add(target);
  const group = task.tags[balancerTag];
  if (group === undefined || group === '') return [...targets.values()];
  const wanted = task.tags[portTag];
  const ports = wanted === undefined ? tcp : tcp.filter((p) => String(p.containerPort) === wanted);
  const isUnknown = ports.some((port) => targetId(group, port, { instanceId, address: null }) === null);
  if (registered === undefined && isUnknown) return null;
  if (ports.length === 0 && targets.size === 0) return null;
  addPorts(group, ports);
  return [...targets.values()];
};
