import { inBatches } from '../../../src/calls/paced-call.ts';
import { targetsOfTask } from '../../../src/drain/targets/task-targets.ts';
import type { ClusterTask, ContainerInstance } from '../../../src/platform/ports/container-cluster.ts';
import type { StormWorld } from '../drain-policy.ts';
import { sdkCall } from './sdk-call.ts';

/** A port of a task behind a group. */
export interface FoundTarget {
  readonly group: string;
  readonly id: string;
  readonly port: number;
}

/** What scripts read of a cluster, as they do: in batches, without a common pace. */
export const findInstances = async (
  { drains: { platform, time }, random }: StormWorld,
  instanceIds: readonly string[],
): Promise<readonly ContainerInstance[]> => {
  const { cluster, clusterName } = platform;
  const pages = await Promise.all(
    inBatches(instanceIds, 50).map((batch) =>
      sdkCall({ time, random }, () => cluster.listInstances(clusterName, { instanceIds: batch })),
    ),
  );
  const arns = pages.flatMap((page) => page?.arns ?? []);
  const described = await Promise.all(
    inBatches(arns, 100).map((batch) =>
      sdkCall({ time, random }, () => cluster.describeInstances(clusterName, batch)),
    ),
  );
  return described.flatMap((instances) => instances ?? []);
};

export const setDraining = async (
  { drains: { platform, time }, random }: StormWorld,
  instances: readonly ContainerInstance[],
): Promise<void> => {
  const { cluster, clusterName } = platform;
  await Promise.all(
    inBatches(instances, 10).map((batch) =>
      sdkCall({ time, random }, () =>
        cluster.setInstanceState(
          clusterName,
          batch.map(({ containerInstanceArn }) => containerInstanceArn),
          'DRAINING',
        ),
      ),
    ),
  );
};

/** Those wanted running, as ListTasks gives them unless asked for more. */
export const listTasks = async (
  { drains: { platform, time }, random }: StormWorld,
  { containerInstanceArn }: ContainerInstance,
): Promise<readonly string[]> => {
  const { cluster, clusterName } = platform;
  const arns: string[] = [];
  let next: string | undefined;
  do {
    const token = next;
    const page = await sdkCall({ time, random }, () =>
      cluster.listTasks(clusterName, {
        desiredStatus: 'RUNNING',
        containerInstanceArn,
        ...(token === undefined ? {} : { next: token }),
      }),
    );
    arns.push(...(page?.arns ?? []));
    next = page?.next;
  } while (next !== undefined);
  return arns;
};

/** Where balancers reach tasks. */
export const findTargets = async (
  { drains: { platform, time }, random }: StormWorld,
  arns: readonly string[],
  instances: readonly ContainerInstance[],
): Promise<readonly FoundTarget[]> => {
  const { cluster, clusterName } = platform;
  const described = await Promise.all(
    inBatches(arns, 100).map((batch) =>
      sdkCall({ time, random }, () => cluster.describeTasks(clusterName, batch)),
    ),
  );
  const tasks: readonly ClusterTask[] = described.flatMap((some) => some ?? []);
  const names = [...new Set(tasks.flatMap(({ service }) => service ?? []))];
  const services = await Promise.all(
    inBatches(names, 10).map((batch) =>
      sdkCall({ time, random }, () => cluster.describeServices(clusterName, batch)),
    ),
  );
  const known = new Map(
    services
      .flatMap((some) => some ?? [])
      .map(({ serviceName, balancers }) => [
        serviceName,
        {
          isDaemon: false,
          balancers: balancers.map(({ targetGroupArn: group, ...rest }) => ({ group, ...rest })),
          readAtMillis: 0,
        },
      ]),
  );
  const idOf = new Map(instances.map((one) => [one.containerInstanceArn, one.instanceId]));
  return tasks.flatMap((task) => {
    const service = task.service === null ? undefined : known.get(task.service);
    return targetsOfTask(task, idOf.get(task.containerInstanceArn ?? '') ?? '', service) ?? [];
  });
};
