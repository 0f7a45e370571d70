import { listTaskArns, listTasksWanted } from '../../calls/cluster-reads.ts';
import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import { decideFirstListing, decideTaskListing, type ListingCounts } from './decide-task-listing.ts';
import { type DrainSession, reasonOf } from './drain-session.ts';
import type { Drain } from './drain-state.ts';
import { mergeDrainFailure, mergeFirstListed, mergeListed } from './merge-facts.ts';
import { takeInTasks } from './take-in-tasks.ts';
import { TaskReader } from './task-reader.ts';

const atOnce = 16;
/** With fewer instances to list, asking which listing is cheaper costs more than it saves. */
const fewInstances = 20;

const countCluster = async (session: DrainSession, instances: number): Promise<ListingCounts | undefined> => {
  if (instances < fewInstances) return undefined;
  const facts = await pacedCall(session.ports, 'clusterRead', () =>
    session.ports.cluster.describeCluster(session.cluster),
  );
  if (facts === undefined) return undefined;
  const clusterTasks = facts.runningTasks + facts.pendingTasks;
  return { instances, clusterTasks, clusterInstances: facts.instances };
};

const stoppedTasks = (session: DrainSession): readonly string[] =>
  Object.values(session.state.drains).flatMap((drain) =>
    Object.values(drain.tasks)
      .filter((task) => task.stoppedAtMillis !== undefined)
      .map((task) => task.taskArn),
  );

/** Found, and never listed. */
const isNew = (drain: Drain): boolean =>
  drain.containerInstanceArn !== null && drain.at.firstListed === undefined;

const hasFailed = (drain: Drain): boolean => drain.failures.list !== undefined;

/** A listing of the whole cluster counts for instances that were found while it went on. */
const listCluster = async (session: DrainSession, drains: readonly Drain[]): Promise<void> => {
  const { ports, cluster } = session;
  const begunAt = session.now();
  const reader = new TaskReader(ports, cluster, stoppedTasks(session));
  const untilMillis = begunAt + session.limits.listingMillis;
  try {
    await listTaskArns(ports, cluster, undefined, (arns) => {
      reader.add(arns);
      if (session.now() > untilMillis) throw new Error('it takes too long to list the whole cluster');
    });
  } catch (error) {
    // What was read is true all the same, and less is left for the listings by instance that follow.
    await takeInTasks(session, await reader.finish());
    throw error;
  }
  const joined = Object.values(session.state.drains).filter(isNew);
  const listed = new Set([...drains, ...joined].map(({ drainId }) => drainId));
  await takeInTasks(session, await reader.finish());
  session.fold((state) => mergeListed(state, [...listed], begunAt));
};

/** `first`: of those wanted running only; the others are listed when DRAINING has taken effect. */
const listInstances = async (
  session: DrainSession,
  drains: readonly Drain[],
  isFirst: boolean,
): Promise<void> => {
  const { ports, cluster } = session;
  const begunAt = session.now();
  const reader = new TaskReader(ports, cluster, stoppedTasks(session));
  const listed: string[] = [];
  const asked = new Map(drains.map((drain) => [drain.drainId, drain.containerInstanceArn]));
  const isStillThere = (drainId: string): boolean =>
    session.state.drains[drainId]?.containerInstanceArn === asked.get(drainId);
  await eachOf(drains, atOnce, async ({ drainId, containerInstanceArn: arn }) => {
    if (session.isTimeUp() || arn === null) return;
    try {
      if (isFirst) await listTasksWanted(ports, cluster, 'RUNNING', arn, (arns) => reader.add(arns));
      else await listTaskArns(ports, cluster, arn, (arns) => reader.add(arns));
      listed.push(drainId);
    } catch (error) {
      session.fold((state) => mergeDrainFailure(state, [drainId], 'list', reasonOf(error), session.now()));
    }
  });
  await takeInTasks(session, await reader.finish());
  const merge = isFirst ? mergeFirstListed : mergeListed;
  session.fold((state) => merge(state, listed.filter(isStillThere), begunAt));
};

/**
 * Lists the tasks of leaving instances and describes them. All are taken in together, so that their targets are
 * deregistered together; those that were never listed before those that are listed again.
 */
export const listLeavingTasks = async (session: DrainSession, due: readonly Drain[]): Promise<void> => {
  const first = due.filter(isNew);
  const drains = first.length > 0 ? first : due;
  try {
    if (first.length > 0) {
      // Those that are still looked for will be found while the cluster is listed.
      const unlisted = Object.values(session.state.drains).filter(
        (drain) => drain.at.firstListed === undefined,
      );
      const counts = first.some(hasFailed) ? undefined : await countCluster(session, unlisted.length);
      if (counts !== undefined && decideFirstListing(counts) === 'cluster') await listCluster(session, first);
      else await listInstances(session, first, true);
    } else {
      const counts = due.some(hasFailed) ? undefined : await countCluster(session, due.length);
      if (counts !== undefined && decideTaskListing(counts) === 'cluster') await listCluster(session, due);
      else await listInstances(session, due, false);
    }
  } catch (error) {
    const ids = drains.map((drain) => drain.drainId);
    session.fold((state) => mergeDrainFailure(state, ids, 'list', reasonOf(error), session.now()));
  }
};
