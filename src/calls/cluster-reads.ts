import type {
  ClusterService,
  ClusterTask,
  ContainerCluster,
  ContainerInstance,
} from '../platform/ports/container-cluster.ts';
import { type CallPorts, eachOf, inBatches, pacedCall } from './paced-call.ts';

/** Reads of a cluster in pages and batches, each call paid for. They throw what their calls throw. */
export interface ClusterReadPorts extends CallPorts {
  readonly cluster: ContainerCluster;
}

const atOnce = 16;
/** A listing that doesn't end is a fault of whoever answers: 100,000 tasks are more than a cluster takes. */
const mostPages = 1_000;
export const describedAtOnce = 100;

/** In no particular order. */
const batched = async <Item, Result>(
  items: readonly Item[],
  size: number,
  read: (batch: readonly Item[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  await eachOf(inBatches(items, size), atOnce, async (batch) => {
    results.push(...(await read(batch)));
  });
  return results;
};

/** Tasks that are wanted so, all pages, each once; pages are handed over as they come. */
export const listTasksWanted = async (
  ports: ClusterReadPorts,
  cluster: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
  containerInstanceArn?: string,
  take: (arns: readonly string[]) => void = () => undefined,
): Promise<readonly string[]> => {
  const arns = new Set<string>();
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const options = {
      desiredStatus,
      ...(containerInstanceArn === undefined ? {} : { containerInstanceArn }),
      ...(next === undefined ? {} : { next }),
    };
    const got = await pacedCall(ports, 'resourceRead', () => ports.cluster.listTasks(cluster, options));
    for (const arn of got.arns) arns.add(arn);
    take(got.arns);
    next = got.next;
    if (next === undefined) break;
  }
  return [...arns];
};

/** Tasks that haven't stopped, and some that have: those wanted running and those wanted stopped, all pages, each once. */
export const listTaskArns = async (
  ports: ClusterReadPorts,
  cluster: string,
  containerInstanceArn?: string,
  take?: (arns: readonly string[]) => void,
): Promise<readonly string[]> => {
  // A task may go from the first list to the second meanwhile, never back.
  const running = await listTasksWanted(ports, cluster, 'RUNNING', containerInstanceArn, take);
  const stopped = await listTasksWanted(ports, cluster, 'STOPPED', containerInstanceArn, take);
  return [...new Set([...running, ...stopped])];
};

export const describeTasks = (
  ports: ClusterReadPorts,
  cluster: string,
  arns: readonly string[],
): Promise<readonly ClusterTask[]> =>
  batched(arns, describedAtOnce, (batch) =>
    pacedCall(ports, 'resourceRead', () => ports.cluster.describeTasks(cluster, batch)),
  );

export const describeServices = (
  ports: ClusterReadPorts,
  cluster: string,
  names: readonly string[],
): Promise<readonly ClusterService[]> =>
  batched(names, 10, (batch) =>
    pacedCall(ports, 'serviceRead', () => ports.cluster.describeServices(cluster, batch)),
  );

/** ARNs of container instances of EC2 instances; those that aren't registered are left out. */
export const listInstanceArns = (
  ports: ClusterReadPorts,
  cluster: string,
  instanceIds: readonly string[],
): Promise<readonly string[]> =>
  batched(instanceIds, 50, async (batch) => {
    const found: string[] = [];
    let next: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const options = { instanceIds: batch, ...(next === undefined ? {} : { next }) };
      const got = await pacedCall(ports, 'resourceRead', () => ports.cluster.listInstances(cluster, options));
      found.push(...got.arns);
      next = got.next;
      if (next === undefined) break;
    }
    return found;
  });

/** Container instances of EC2 instances; those that aren't registered are left out. */
export const findInstances = async (
  ports: ClusterReadPorts,
  cluster: string,
  instanceIds: readonly string[],
): Promise<readonly ContainerInstance[]> => {
  const arns = await listInstanceArns(ports, cluster, instanceIds);
  return batched(arns, 100, (batch) =>
    pacedCall(ports, 'resourceRead', () => ports.cluster.describeInstances(cluster, batch)),
  );
};

/** Names of all services that tasks of the cluster belong to are read from the tasks: there is no call to list them. */
export const servicesOf = (tasks: readonly ClusterTask[]): readonly string[] => [
  ...new Set(tasks.flatMap((task) => (task.service === null ? [] : [task.service]))),
];
