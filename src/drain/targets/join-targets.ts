import { describeTasks } from '../../calls/cluster-reads.ts';
import { logFailure } from '../../calls/log-failure.ts';
import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import type { BalancerGroup } from '../../platform/ports/balancer.ts';
import type { ClusterTask } from '../../platform/ports/container-cluster.ts';
import { classifyRunning } from './classify-task.ts';
import { decideTargets } from './decide-targets.ts';
import { readLeavingInstances } from './leaving-instances.ts';
import type { TaskNews } from './parse-task-event.ts';
import { bucketsOf } from './route-balancers.ts';
import { callGroups, type JoinPorts } from './target-ports.ts';
import type { KnownTarget } from './targets-document.ts';
import { changeTasks, readTargets } from './targets-store.ts';
import { readTaskPlaces } from './task-places.ts';
import { balancerTag, type TaskPlace } from './task-targets.ts';

export interface JoinResult {
  readonly registered: number;
  readonly ignored: number;
  /** Tasks to be tried again. */
  readonly failed: ReadonlySet<string>;
  /** Tasks that can't be registered, and why. */
  readonly refused: ReadonlyMap<string, string>;
}

const groupsAtOnce = 4;

/** Registers tagged tasks that run, but for those on an instance that is being drained. */
export const joinTargets = async (
  ports: JoinPorts,
  cluster: string,
  news: readonly TaskNews[],
): Promise<JoinResult> => {
  const now = ports.time.nowMillis();
  const known = await readTargets(ports.store, cluster);
  const versions = new Map<string, number>();
  for (const { taskArn, version } of news) {
    if (classifyRunning(known.tasks[taskArn], version).kind === 'go') {
      versions.set(taskArn, Math.max(version, versions.get(taskArn) ?? 0));
    }
  }
  const failed = new Set<string>();
  const refused = new Map<string, string>();
  const wished = new Map<string, readonly KnownTarget[]>();
  const takeBack = new Map<string, readonly KnownTarget[]>();
  const tasks = (await describeTasks(ports, cluster, [...versions.keys()])).filter((task) => {
    // A description from before the event: what it says of the task is over.
    const isStale = task.version < (versions.get(task.taskArn) ?? 0);
    const isTagged = task.service === null && Boolean(task.tags[balancerTag]);
    if (isStale) failed.add(task.taskArn);
    return !isStale && isTagged && task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING';
  });
  const { groups, unread } = await describeGroups(ports, tasks);
  const placesByInstance = await readTaskPlaces(ports, cluster, tasks, groups);
  const places = new Map<string, TaskPlace>();
  const leaving = await readLeavingInstances(ports.store, cluster);
  for (const task of tasks) {
    const place = placesByInstance.get(task.containerInstanceArn ?? '') ?? null;
    if (leaving.has(place?.instanceId ?? '')) {
      // Somebody began to register it, and was cut off before he could see that its instance leaves.
      const half = known.tasks[task.taskArn];
      if (half?.state === 'registering') takeBack.set(task.taskArn, half.targets);
      continue;
    }
    if (place !== null) places.set(task.taskArn, place);
    if (unread.has(task.tags[balancerTag] ?? '')) {
      failed.add(task.taskArn);
      continue;
    }
    const decision = decideTargets(task, place, groups.get(task.tags[balancerTag] ?? ''));
    if (decision.kind === 'refused') refused.set(task.taskArn, decision.reason);
    else wished.set(task.taskArn, decision.targets);
  }
  const meant = await changeTasks(ports.store, cluster, [...wished.keys()], now, (before, taskArn) => {
    const version = versions.get(taskArn) ?? 0;
    if (classifyRunning(before, version).kind === 'ignored') return undefined;
    return { version, state: 'registering', targets: [...(wished.get(taskArn) ?? [])], changedAtMillis: now };
  });
  const failures = await callGroups(
    ports,
    'register',
    [...meant.values()].flatMap(({ targets }) => targets),
  );
  // A drain that began meanwhile may have asked what is registered before this was.
  const leavingNow = await readLeavingInstances(ports.store, cluster);
  const called: string[] = [];
  for (const [taskArn, { targets }] of meant) {
    const error = targets.map(({ group }) => failures.get(group)).find((one) => one !== undefined);
    if (error === undefined) called.push(taskArn);
    else if (error instanceof Error && error.name === 'BalancerRefused') refused.set(taskArn, error.message);
    else failed.add(taskArn);
  }
  // Whoever deregistered meanwhile may have done so before the registration arrived.
  const settled = await changeTasks(ports.store, cluster, called, now, (before, taskArn) =>
    before?.state === 'registering' && !leavingNow.has(places.get(taskArn)?.instanceId ?? '')
      ? { ...before, state: 'registered', changedAtMillis: now }
      : undefined,
  );
  const after = await readTargets(ports.store, cluster);
  for (const taskArn of called) {
    const isWanted = ['registering', 'registered'].includes(after.tasks[taskArn]?.state ?? '');
    if (!isWanted || leavingNow.has(places.get(taskArn)?.instanceId ?? ''))
      takeBack.set(taskArn, meant.get(taskArn)?.targets ?? []);
  }
  const stuck = await callGroups(ports, 'deregister', [...takeBack.values()].flat());
  for (const [taskArn, targets] of takeBack) {
    if (targets.some(({ group }) => stuck.has(group))) failed.add(taskArn);
  }
  const registered = [...settled.keys()].filter((taskArn) => !takeBack.has(taskArn)).length;
  return { registered, ignored: news.length - registered - failed.size - refused.size, failed, refused };
};

/** Each by itself: one that is misspelt, or whose balancer is away, must not keep the others from being described. */
const describeGroups = async (
  ports: JoinPorts,
  tasks: readonly ClusterTask[],
): Promise<{
  readonly groups: ReadonlyMap<string, BalancerGroup>;
  readonly unread: ReadonlySet<string>;
}> => {
  const groups = new Map<string, BalancerGroup>();
  const unread = new Set<string>();
  const names = [...new Set(tasks.flatMap(({ tags }) => tags[balancerTag] ?? []))];
  await eachOf(names, groupsAtOnce, async (name) => {
    try {
      const found = await pacedCall(ports, bucketsOf(name, 'read'), () =>
        ports.balancer.describeGroups([name]),
      );
      for (const group of found) groups.set(group.group, group);
    } catch (error) {
      logFailure({ group: name, error });
      if (!(error instanceof Error) || error.name !== 'BalancerRefused') unread.add(name);
    }
  });
  return { groups, unread };
};
