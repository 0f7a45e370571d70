import { inBatches, pacedCall } from '../../calls/paced-call.ts';
import { type DrainSession, reasonOf } from '../coordinator/drain-session.ts';
import type { Drain } from '../coordinator/drain-state.ts';
import { listLeavingTasks } from '../coordinator/list-leaving-tasks.ts';
import { mergeDrainFailure, mergeFound } from '../coordinator/merge-facts.ts';
import { carryOutReads } from '../coordinator/read-lane.ts';
import { noWork } from './decide-look.ts';

const theDrain = (session: DrainSession, drainId: string): Drain | undefined => session.state.drains[drainId];

/** The container instance: sought by the EC2 instance's id first, looked at by its ARN then, which is one call less. */
export const readInstance = async (session: DrainSession, drainId: string): Promise<void> => {
  const drain = theDrain(session, drainId);
  if (drain === undefined) return;
  const { containerInstanceArn: arn } = drain;
  if (arn === null) {
    await carryOutReads(session, { ...noWork, find: [drain] });
    return;
  }
  const { ports, cluster, limits } = session;
  try {
    const found = await pacedCall(ports, 'resourceRead', () =>
      ports.cluster.describeInstances(cluster, [arn]),
    );
    session.fold((state) => mergeFound(state, [drainId], found, session.now(), limits));
  } catch (error) {
    session.fold((state) => mergeDrainFailure(state, [drainId], 'find', reasonOf(error), session.now()));
  }
};

/** All its tasks; those that no listing shows any more are asked for by name. */
export const readTasks = async (session: DrainSession, drainId: string): Promise<void> => {
  const drain = theDrain(session, drainId);
  if (drain === undefined || drain.containerInstanceArn === null || drain.at.gone !== undefined) return;
  const begunAtMillis = session.now();
  await listLeavingTasks(session, [drain]);
  const unseen = Object.values(theDrain(session, drainId)?.tasks ?? {})
    .filter(
      ({ stoppedAtMillis, lookedAtMillis }) =>
        stoppedAtMillis === undefined && lookedAtMillis < begunAtMillis,
    )
    .map(({ taskArn }) => ({ drainId, taskArn }));
  if (unseen.length > 0) await carryOutReads(session, { ...noWork, describe: unseen });
};

/** Which of its services' tasks are protected, and until when; by ARN. What can't be read counts as unprotected. */
export const readProtection = async (
  session: DrainSession,
  drainId: string,
): Promise<Readonly<Record<string, number>>> => {
  const { ports, cluster } = session;
  const arns = Object.values(theDrain(session, drainId)?.tasks ?? {})
    .filter(
      ({ service, isDaemon, stoppedAtMillis }) =>
        service !== null && !isDaemon && stoppedAtMillis === undefined,
    )
    .map(({ taskArn }) => taskArn);
  const until: Record<string, number> = {};
  try {
    for (const batch of inBatches(arns, 100)) {
      const found = await pacedCall(ports, 'protection', () => ports.cluster.protectedTasks(cluster, batch));
      for (const { taskArn, untilMillis } of found) until[taskArn] = untilMillis;
    }
  } catch (error) {
    session.fold((state) =>
      mergeDrainFailure(state, [drainId], 'protection', reasonOf(error), session.now()),
    );
  }
  return until;
};
