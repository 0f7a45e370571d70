import { describeTasks, listTasksWanted } from '../../calls/cluster-reads.ts';
import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import type { RepairableBalancer } from '../../platform/ports/balancer.ts';
import { joinTargets } from './join-targets.ts';
import { leaveTargets } from './leave-targets.ts';
import type { TaskNews } from './parse-task-event.ts';
import { isHaproxyGroup } from './route-balancers.ts';
import type { TargetIntakePorts } from './target-ports.ts';
import type { TargetsDocument } from './targets-document.ts';
import { readTargets } from './targets-store.ts';
import { balancerTag } from './task-targets.ts';

export interface Reconciliation {
  /** Tasks whose event was lost. */
  readonly registered: number;
  readonly deregistered: number;
  /** What HAProxy didn't have as it was to have; after a reload, all that was registered. */
  readonly added: number;
  readonly silenced: number;
  /** Had drained, or were nobody's. */
  readonly removed: number;
  /** What could not be repaired now, with why. */
  readonly failures: readonly string[];
}

export type ReconcilePorts = TargetIntakePorts & { readonly haproxy: RepairableBalancer };

const atOnce = 8;

/**
 * Repairs drift, each minute and after a reload: the tasks of all clusters against what is known of them, as an event may get lost,
 * and what HAProxy has against what it is to have. What fails holds nothing else up. Doing it twice, or two at once, does
 * no harm.
 */
export const reconcileBalancers = async (ports: ReconcilePorts): Promise<Reconciliation> => {
  const sum = { registered: 0, deregistered: 0, added: 0, silenced: 0, removed: 0 };
  const failures: string[] = [];
  const trying = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const repairTasks = async (cluster: string, before: TargetsDocument): Promise<void> => {
    const { gone, running } = await compareTasks(ports, cluster, before);
    let again: readonly TaskNews[] = [];
    await trying(cluster, async () => {
      const left = await leaveTargets(ports, cluster, gone);
      again = left.again;
      sum.deregistered += left.deregistered;
      for (const taskArn of left.failed) failures.push(`${taskArn} could not be deregistered now`);
    });
    await trying(cluster, async () => {
      const joined = await joinTargets(ports, cluster, [...running, ...again]);
      sum.registered += joined.registered;
      failures.push(...joined.refused.values());
      for (const taskArn of joined.failed) failures.push(`${taskArn} could not be registered now`);
    });
  };
  const repairGroup = async (group: string): Promise<void> => {
    const repair = await pacedCall(ports, [], () => ports.haproxy.repair(group));
    sum.added += repair.added;
    sum.silenced += repair.silenced;
    sum.removed += repair.removed;
  };
  // Read before the tasks are listed: one that is registered meanwhile isn't taken for one that has gone.
  const documents = new Map<string, TargetsDocument>();
  await eachOf(ports.clusters, atOnce, (cluster) =>
    trying(cluster, async () => void documents.set(cluster, await readTargets(ports.store, cluster))),
  );
  const groups = new Set(
    [...documents.values()].flatMap(({ tasks }) =>
      Object.values(tasks).flatMap(({ targets }) => targets.map(({ group }) => group)),
    ),
  );
  await trying('HAProxy', async () => {
    for (const group of await ports.haproxy.knownGroups()) groups.add(group);
  });
  // Side by side: a cluster of thousands of tasks takes a while to look through.
  await Promise.all([
    eachOf([...groups].filter(isHaproxyGroup), atOnce, (group) => trying(group, () => repairGroup(group))),
    eachOf([...documents], atOnce, ([cluster, before]) =>
      trying(cluster, () => repairTasks(cluster, before)),
    ),
  ]);
  return { ...sum, failures };
};

/** What events would have told, had they all arrived. */
const compareTasks = async (
  ports: TargetIntakePorts,
  cluster: string,
  { tasks: known }: TargetsDocument,
): Promise<{ readonly gone: readonly TaskNews[]; readonly running: readonly TaskNews[] }> => {
  const present = Object.keys(known).filter((taskArn) => known[taskArn]?.state !== 'left');
  const arns = new Set([...(await listTasksWanted(ports, cluster, 'RUNNING')), ...present]);
  const tasks = await describeTasks(ports, cluster, [...arns]);
  const alive = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  const aliveArns = new Set(alive.map(({ taskArn }) => taskArn));
  const news = (taskArn: string, version: number, phase: TaskNews['phase']): TaskNews => ({
    kind: 'task',
    cluster,
    taskArn,
    version,
    phase,
    hasStopped: false,
  });
  return {
    gone: present
      .filter((taskArn) => !aliveArns.has(taskArn))
      .map((taskArn) => news(taskArn, known[taskArn]?.version ?? 0, 'leaving')),
    running: alive
      .filter(
        ({ service, tags, lastStatus, taskArn }) =>
          service === null &&
          Boolean(tags[balancerTag]) &&
          lastStatus === 'RUNNING' &&
          known[taskArn]?.state !== 'registered',
      )
      .map(({ taskArn, version }) => news(taskArn, version, 'running')),
  };
};
