import { inBatches, pacedCall } from '../../calls/paced-call.ts';
import type { BalancerGroup } from '../../platform/ports/balancer.ts';
import type { ClusterTask } from '../../platform/ports/container-cluster.ts';
import { isHaproxyGroup } from './route-balancers.ts';
import type { JoinPorts } from './target-ports.ts';
import { balancerTag, type TaskPlace } from './task-targets.ts';

/**
 * The instances that tasks run on, by container instance. EC2 is asked for addresses only where HAProxy is to send requests to a
 * port of an instance.
 */
export const readTaskPlaces = async (
  ports: JoinPorts,
  cluster: string,
  tasks: readonly ClusterTask[],
  groups: ReadonlyMap<string, BalancerGroup>,
): Promise<ReadonlyMap<string, TaskPlace>> => {
  const arnsOf = (some: readonly ClusterTask[]): readonly string[] => [
    ...new Set(some.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? [])),
  ];
  const wantAddress = new Set(
    arnsOf(
      tasks.filter(
        ({ tags, ports: reached }) =>
          isHaproxyGroup(tags[balancerTag] ?? '') &&
          groups.has(tags[balancerTag] ?? '') &&
          reached.some(({ reach }) => reach === 'instance'),
      ),
    ),
  );
  const places = new Map<string, TaskPlace>();
  for (const batch of inBatches(arnsOf(tasks), 100)) {
    const instances = await pacedCall(ports, 'resourceRead', () =>
      ports.cluster.describeInstances(cluster, batch),
    );
    const asked = instances.filter(({ containerInstanceArn }) => wantAddress.has(containerInstanceArn));
    const addresses =
      asked.length === 0
        ? undefined
        : await pacedCall(ports, [], () =>
            ports.addresses.privateAddresses(asked.map(({ instanceId }) => instanceId)),
          );
    for (const { containerInstanceArn, instanceId } of instances)
      places.set(containerInstanceArn, { instanceId, address: addresses?.get(instanceId) ?? null });
  }
  return places;
};
