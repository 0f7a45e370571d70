import {
  type ClusterReadPorts,
  describeServices,
  describeTasks,
  servicesOf,
} from '../../calls/cluster-reads.ts';
import { eachOf, inBatches, pacedCall } from '../../calls/paced-call.ts';
import type { Balancer, BalancerGroup } from '../../platform/ports/balancer.ts';
import type {
  ArnPage,
  ClusterTask,
  ContainerInstance,
  TaskDefinitionFacts,
} from '../../platform/ports/container-cluster.ts';
import type { ClusterPicture, LeftOut } from './risks/drain-risk.ts';
import { taggedGroup } from './risks/group-users.ts';

/** What reading clusters and balancers stands on. */
export type WholeClusterPorts = ClusterReadPorts & { readonly balancer: Balancer };

/** With these, AWS's buckets let the calls end in some 20 s: API Gateway waits 30 s for an answer. */
const most = { pages: 40, definitions: 120, groups: 120 } as const;
const definitionsAtOnce = 8;
/** Fewer than a call takes: behind it is a call for each group, and what fails is made again as a whole. */
const groupsAtOnce = 10;

/**
 * What there is in a cluster, paged; of very large ones a part, which `leftOut` says. Undefined when there is no such
 * cluster. Throws what the calls throw.
 */
export const readWholeCluster = async (
  ports: WholeClusterPorts,
  name: string,
): Promise<ClusterPicture | undefined> => {
  const cluster = await pacedCall(ports, 'clusterRead', () => ports.cluster.describeCluster(name));
  if (cluster === undefined) return undefined;
  const leftOut: LeftOut[] = [];
  const firstOf = <Item>(all: Iterable<Item>, of: LeftOut['of'], seen: number): readonly Item[] => {
    const items = [...all];
    if (items.length > seen) leftOut.push({ of, seen, count: items.length });
    return items.slice(0, seen);
  };
  const [instances, { tasks, isAll }] = await Promise.all([
    readInstances(ports, name),
    readTasks(ports, name),
  ]);
  if (!isAll) {
    const count = Math.max(tasks.length, cluster.runningTasks + cluster.pendingTasks);
    leftOut.push({ of: 'tasks', seen: tasks.length, count });
  }
  const readServices = async () => {
    const services = await describeServices(ports, name, servicesOf(tasks));
    const named = new Set([
      ...services.flatMap(({ balancers }) => balancers.map(({ targetGroupArn }) => targetGroupArn)),
      ...tasks.flatMap((task) => taggedGroup(task) ?? []),
    ]);
    const asked = firstOf(named, 'groups', most.groups);
    const groups = await readGroups(ports, asked);
    const found = new Set(groups.map(({ group }) => group));
    return { services, groups, missingGroups: asked.filter((group) => !found.has(group)) };
  };
  const used = new Set(tasks.map(({ taskDefinitionArn }) => taskDefinitionArn));
  const [served, definitions] = await Promise.all([
    readServices(),
    readDefinitions(ports, firstOf(used, 'task definitions', most.definitions)),
  ]);
  return { cluster, instances, tasks, definitions, ...served, leftOut };
};

/** Hands each page on while the next one is read; false when there are more pages than are read. */
const readPages = async (
  ports: WholeClusterPorts,
  list: (options: { readonly next?: string }) => Promise<ArnPage>,
  describe: (arns: readonly string[]) => Promise<void>,
): Promise<boolean> => {
  const described: Promise<void>[] = [];
  let next: string | undefined;
  let pages = 0;
  do {
    const options = next === undefined ? {} : { next };
    const page = await pacedCall(ports, 'resourceRead', () => list(options));
    if (page.arns.length > 0) {
      const work = describe(page.arns);
      // It is looked at when all pages are there; until then, nobody would.
      work.catch(() => undefined);
      described.push(work);
    }
    next = page.next;
    pages++;
  } while (next !== undefined && pages < most.pages);
  await Promise.all(described);
  return next === undefined;
};

/** Those that are wanted running: what stops is no concern of a later drain. */
const readTasks = async (
  ports: WholeClusterPorts,
  cluster: string,
): Promise<{ readonly tasks: readonly ClusterTask[]; readonly isAll: boolean }> => {
  const tasks: ClusterTask[] = [];
  const isAll = await readPages(
    ports,
    (options) => ports.cluster.listTasks(cluster, { desiredStatus: 'RUNNING', ...options }),
    async (arns) => {
      const page = await describeTasks(ports, cluster, arns);
      tasks.push(...page.filter(({ lastStatus }) => lastStatus !== 'STOPPED'));
    },
  );
  return { tasks, isAll };
};

const readInstances = async (
  ports: WholeClusterPorts,
  cluster: string,
): Promise<readonly ContainerInstance[]> => {
  const instances: ContainerInstance[] = [];
  const describe = (arns: readonly string[]) =>
    pacedCall(ports, 'resourceRead', () => ports.cluster.describeInstances(cluster, arns));
  await readPages(
    ports,
    (options) => ports.cluster.listInstances(cluster, options),
    async (arns) => void instances.push(...(await describe(arns))),
  );
  return instances;
};

const readDefinitions = async (
  ports: WholeClusterPorts,
  arns: readonly string[],
): Promise<readonly TaskDefinitionFacts[]> => {
  const definitions: TaskDefinitionFacts[] = [];
  await eachOf(arns, definitionsAtOnce, async (arn) => {
    const found = await pacedCall(ports, 'definitionRead', () => ports.cluster.describeTaskDefinition(arn));
    if (found !== undefined) definitions.push(found);
  });
  return definitions;
};

const readGroups = async (
  ports: WholeClusterPorts,
  groups: readonly string[],
): Promise<readonly BalancerGroup[]> => {
  const found: BalancerGroup[] = [];
  for (const batch of inBatches(groups, groupsAtOnce))
    found.push(...(await pacedCall(ports, 'balancerAny', () => ports.balancer.describeGroups(batch))));
  return found;
};
