import { describeTasks, findInstances } from '../../calls/cluster-reads.ts';
import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import { type DrainSession, reasonOf } from './drain-session.ts';
import type { Drain } from './drain-state.ts';
import { listLeavingTasks } from './list-leaving-tasks.ts';
import {
  mergeDefinition,
  mergeDrainFailure,
  mergeFailure,
  mergeForgotten,
  mergeFound,
} from './merge-facts.ts';
import type { DueWork } from './plan-drain.ts';
import { takeInTasks } from './take-in-tasks.ts';

const atOnce = 16;

const find = async (session: DrainSession, drains: readonly Drain[]): Promise<void> => {
  const ids = drains.map((drain) => drain.drainId);
  try {
    const instanceIds = [...new Set(drains.map((drain) => drain.instanceId))];
    const found = await findInstances(session.ports, session.cluster, instanceIds);
    session.fold((state) => mergeFound(state, ids, found, session.now(), session.limits));
  } catch (error) {
    session.fold((state) => mergeDrainFailure(state, ids, 'find', reasonOf(error), session.now()));
  }
};

const describe = async (session: DrainSession, due: DueWork['describe']): Promise<void> => {
  try {
    const arns = due.map(({ taskArn }) => taskArn);
    const tasks = await describeTasks(session.ports, session.cluster, arns);
    await takeInTasks(session, tasks);
    session.fold((state) => mergeForgotten(state, due, tasks, session.now()));
  } catch (error) {
    const ids = [...new Set(due.map(({ drainId }) => drainId))];
    session.fold((state) => mergeDrainFailure(state, ids, 'describe', reasonOf(error), session.now()));
  }
};

/** Of tasks whose definition can't be read, the default stop timeout counts until it can. */
const readDefinitions = (session: DrainSession, arns: readonly string[]): Promise<void> =>
  eachOf(arns, atOnce, async (arn) => {
    if (session.isOver()) return;
    const { ports } = session;
    try {
      const facts = await pacedCall(ports, 'definitionRead', () => ports.cluster.describeTaskDefinition(arn));
      const stopTimeoutSeconds = facts?.stopTimeoutSeconds ?? null;
      session.fold((state) => mergeDefinition(state, arn, { stopTimeoutSeconds }));
    } catch (error) {
      const { definitions } = session.state;
      const failure = mergeFailure(definitions[arn]?.failure, reasonOf(error), session.now());
      session.fold((state) => mergeDefinition(state, arn, { stopTimeoutSeconds: null, failure }));
    }
  });

/** The next short read that is due; false when none is. What others wait for comes first. */
export const carryOutReads = async (session: DrainSession, due: DueWork): Promise<boolean> => {
  if (due.find.length > 0) await find(session, due.find);
  else if (due.readDefinitions.length > 0) await readDefinitions(session, due.readDefinitions);
  else if (due.describe.length > 0) await describe(session, due.describe);
  else return false;
  return true;
};

/** The next listing that is due; false when none is. It may take long, so that nothing waits behind it. */
export const carryOutListings = async (session: DrainSession, due: DueWork): Promise<boolean> => {
  if (due.list.length === 0) return false;
  await session.hold(() => listLeavingTasks(session, due.list));
  return true;
};
