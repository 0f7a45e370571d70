import type { ContainerInstance } from '../../platform/ports/container-cluster.ts';
import type { InstanceSnapshot, PoolSnapshot } from '../cluster-snapshot.ts';
import type { CapacityPolicy } from '../policy/scaling-policy.ts';

/** Pure: container instances as decisions see them, each in the pool that has it. */
export const describeInstances = (
  instances: readonly ContainerInstance[],
  pools: readonly PoolSnapshot[],
  policy: CapacityPolicy,
): readonly InstanceSnapshot[] => {
  const members = new Map(
    pools.flatMap((pool) => pool.members.map((member) => [member.instanceId, { pool, member }] as const)),
  );
  return instances.map((instance): InstanceSnapshot => {
    const place = members.get(instance.instanceId);
    const type = instance.instanceType || (place?.member.type ?? '');
    const declared = policy.pools
      .find(({ name }) => name === place?.pool.name)
      ?.instanceTypes.find((one) => one.type === type);
    const taskEnis = declared?.taskEnis ?? null;
    const { registered, remaining } = instance;
    return {
      instanceId: instance.instanceId,
      containerInstanceArn: instance.containerInstanceArn,
      status: instance.status === 'ACTIVE' || instance.status === 'DRAINING' ? instance.status : 'OTHER',
      isAgentConnected: instance.isAgentConnected,
      type,
      pool: place?.pool.name ?? null,
      registeredAtMillis: instance.registeredAtMillis,
      size: {
        cpu: registered.cpu,
        memoryMib: registered.memoryMib,
        gpus: registered.gpus,
        taskEnis,
        attributes: instance.attributes,
      },
      free: {
        cpu: remaining.cpu,
        memoryMib: remaining.memoryMib,
        gpus: remaining.gpus,
        taskEnis: taskEnis === null ? null : Math.max(0, taskEnis - instance.taskEnis),
        usedTcpPorts: remaining.tcpPorts,
        usedUdpPorts: remaining.udpPorts,
      },
      runningTasks: instance.runningTasks,
      pendingTasks: instance.pendingTasks,
    };
  });
};
