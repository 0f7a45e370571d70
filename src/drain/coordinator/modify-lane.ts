import { eachOf, inBatches, mayPass, pacedCall } from '../../calls/paced-call.ts';
import { type DrainSession, reasonOf } from './drain-session.ts';
import type { Drain } from './drain-state.ts';
import { changeTask, mergeDrainFailure, mergeFailure, mergeStep } from './merge-facts.ts';
import type { DueWork } from './plan-drain.ts';
import type { PlannedStop } from './plan-stops.ts';

const atOnce = 16;
/** Then it is planned anew: something more urgent may be due. */
const stopsInARow = 48;

const setState = async (
  session: DrainSession,
  drains: readonly Drain[],
  wanted: 'DRAINING' | 'ACTIVE',
): Promise<void> => {
  const step = wanted === 'DRAINING' ? 'draining' : 'active';
  const { ports, cluster } = session;
  await eachOf(inBatches(drains, 10), atOnce, async (batch) => {
    if (session.isOver()) return;
    const isStillThere = ({ drainId, containerInstanceArn }: Drain): boolean =>
      session.state.drains[drainId]?.containerInstanceArn === containerInstanceArn;
    const ids = batch.map((drain) => drain.drainId);
    const arns = batch.flatMap(({ containerInstanceArn: arn }) => (arn === null ? [] : [arn]));
    const fail = (failed: readonly string[], reason: string): void =>
      session.fold((state) => mergeDrainFailure(state, failed, step, reason, session.now()));
    try {
      const failures = await pacedCall(ports, 'resourceModify', () =>
        ports.cluster.setInstanceState(cluster, arns, wanted),
      );
      const reasons = new Map(failures.map((failure) => [failure.arn, failure.reason]));
      const isFailed = (drain: Drain): boolean => reasons.has(drain.containerInstanceArn ?? '');
      const done = batch
        .filter((drain) => !isFailed(drain) && isStillThere(drain))
        .map((drain) => drain.drainId);
      session.fold((state) => mergeStep(state, done, step, session.now()));
      for (const drain of batch.filter((each) => isFailed(each) && isStillThere(each)))
        fail([drain.drainId], reasons.get(drain.containerInstanceArn ?? '') ?? '');
    } catch (error) {
      // What may pass, throttling above all, is no reason for ten times as many calls.
      if (batch.length === 1 || mayPass(error)) return fail(ids, reasonOf(error));
      // One instance that can't be named any more spoils the call for the other nine.
      for (const drain of batch) await setState(session, [drain], wanted);
    }
  });
};

const stop = async (session: DrainSession, { drainId, taskArn }: PlannedStop): Promise<void> => {
  const { ports, cluster } = session;
  const leaving = (): Drain | undefined => {
    const drain = session.state.drains[drainId];
    return drain?.isTakenBack === true ? undefined : drain;
  };
  if (leaving() === undefined || session.isOver()) return;
  try {
    const isAsked = await pacedCall(ports, 'resourceModify', async () => {
      // It may have been taken back while the call waited in line.
      const drain = leaving();
      if (drain === undefined) return false;
      const reason = `stormdrain: ${drain.instanceId} is leaving (${drainId})`;
      await ports.cluster.stopTask(cluster, taskArn, reason);
      return true;
    });
    if (!isAsked) return;
    session.fold((state) =>
      changeTask(state, drainId, taskArn, ({ failure: _, ...task }) => ({
        ...task,
        stopAskedAtMillis: session.now(),
      })),
    );
  } catch (error) {
    session.fold((state) =>
      changeTask(state, drainId, taskArn, (task) => ({
        ...task,
        failure: mergeFailure(task.failure, reasonOf(error), session.now()),
      })),
    );
  }
};

/** The next changes to instances and tasks that are due; false when none is. */
export const carryOutChanges = async (session: DrainSession, due: DueWork): Promise<boolean> => {
  if (due.setDraining.length > 0) await setState(session, due.setDraining, 'DRAINING');
  else if (due.setActive.length > 0) await setState(session, due.setActive, 'ACTIVE');
  else if (due.stop.length > 0)
    await eachOf(due.stop.slice(0, stopsInARow), atOnce, (planned) => stop(session, planned));
  else return false;
  return true;
};
