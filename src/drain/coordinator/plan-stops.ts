import type { Drain, DrainLimits, DrainState, DrainTask } from './drain-state.ts';

/** When a task is stopped. Instants in milliseconds since the epoch. */
export interface PlannedStop {
  readonly drainId: string;
  readonly taskArn: string;
  /** SIGTERM by then leaves it its whole stop timeout, and a margin. */
  readonly latestMillis: number;
  /** When its call is made at the latest, so that all calls fit into the bucket before their latest instants. */
  readonly slotMillis: number;
  /** Null while it may not be stopped yet and nobody knows when: a balancer hasn't confirmed. */
  readonly stopAtMillis: number | null;
}

interface Wish {
  readonly drainId: string;
  readonly taskArn: string;
  readonly latestMillis: number;
  /** Not before this; null when nobody knows yet. */
  readonly earliestMillis: number | null;
  /** Nothing is gained by waiting. */
  readonly isAtOnce: boolean;
}

const never = Number.POSITIVE_INFINITY;

/** DRAINING was set, or it was tried in vain: what comes after doesn't wait for ever. */
export const isReady = (drain: Drain): boolean =>
  drain.at.draining !== undefined || drain.failures.draining !== undefined;

export const hasStopped = (task: DrainTask): boolean => task.stoppedAtMillis !== undefined;

export const latestStopMillis = (
  drain: Drain,
  task: DrainTask,
  state: DrainState,
  limits: DrainLimits,
): number => {
  const seconds = state.definitions[task.definition]?.stopTimeoutSeconds ?? limits.defaultStopTimeoutSeconds;
  return drain.deadlineMillis - seconds * 1000 - limits.marginMillis;
};

const settledMillis = (task: DrainTask, limits: DrainLimits): number | null => {
  let settled = 0;
  for (const target of task.targets ?? []) {
    if (target.verifiedAtMillis === undefined) return null;
    settled = Math.max(settled, target.verifiedAtMillis + limits.settleMillis);
  }
  return settled;
};

/**
 * A balancer that never confirms must not keep a task until the instance dies under it: from the latest instant on, and
 * after a while of trying, it is stopped all the same.
 */
const givenUpMillis = (task: DrainTask, latestMillis: number, limits: DrainLimits): number | null => {
  if (task.targets === null) return Math.max(latestMillis, task.seenAtMillis + limits.giveUpMillis);
  let tried = 0;
  for (const target of task.targets) {
    if (target.triedAtMillis === undefined) return null;
    tried = Math.max(tried, target.triedAtMillis);
  }
  return Math.max(latestMillis, tried + limits.giveUpMillis);
};

const wishOf = (
  drain: Drain,
  task: DrainTask,
  areOthersStopped: boolean,
  state: DrainState,
  limits: DrainLimits,
): Wish => {
  const latestMillis = latestStopMillis(drain, task, state, limits);
  const settled = task.targets === null ? null : settledMillis(task, limits);
  const isUnused = task.targets?.every((target) => target.doneAtMillis !== undefined) === true;
  const earliest = settled ?? givenUpMillis(task, latestMillis, limits);
  const retryMillis = task.failure === undefined ? 0 : task.failure.atMillis + limits.retryMillis;
  return {
    drainId: drain.drainId,
    taskArn: task.taskArn,
    latestMillis,
    earliestMillis: !isReady(drain) || earliest === null ? null : Math.max(earliest, retryMillis),
    isAtOnce: isUnused && (!task.isDaemon || areOthersStopped),
  };
};

const wishesOf = (drain: Drain, state: DrainState, limits: DrainLimits): readonly Wish[] => {
  if (drain.isTakenBack || drain.at.gone !== undefined) return [];
  const tasks = Object.values(drain.tasks);
  // The first listing shows no tasks that are stopping.
  const areOthersStopped =
    drain.at.listed !== undefined && tasks.every((task) => task.isDaemon || hasStopped(task));
  return tasks
    .filter((task) => !hasStopped(task) && task.stopAskedAtMillis === undefined && !task.isStopping)
    .map((task) => wishOf(drain, task, areOthersStopped, state, limits));
};

/**
 * The timetable of all stops that are still to be asked for, most urgent first.
 *
 * Slots are dealt backward: in descending order of the latest instants, each gets the smaller of its own latest (less what
 * a call takes) and the following slot less the time between two calls. That is the mirror image of "earliest deadline first" for jobs of
 * equal length on one machine: if any order of the calls keeps all latest instants, this one does (Jackson 1955, by
 * exchanging neighbours), and no call's slot can be later without another one's missing its own. So requests in flight
 * are served for as long as the bucket allows. A slot in the past means that not all can be kept: then the task is stopped
 * as soon as it may be. The bucket's burst is left out of it: it is the reserve for calls that fail.
 *
 * DAEMON tasks (log routers, agents) are stopped when the others on their instance have stopped, as ECS does, or
 * in their slot; ECS starts no new one on an instance that is DRAINING.
 */
export const planStops = (state: DrainState, limits: DrainLimits): readonly PlannedStop[] => {
  const wishes = Object.values(state.drains).flatMap((drain) => wishesOf(drain, state, limits));
  wishes.sort((a, b) => b.latestMillis - a.latestMillis);
  const gapMillis = 1000 / limits.stopsPerSecond;
  let following = never;
  const stops = wishes.map((wish): PlannedStop => {
    const { drainId, taskArn, latestMillis, earliestMillis } = wish;
    const slotMillis = Math.min(latestMillis - limits.stopLeadMillis, following - gapMillis);
    following = slotMillis;
    const wanted = wish.isAtOnce ? -never : slotMillis;
    const stopAtMillis = earliestMillis === null ? null : Math.max(earliestMillis, wanted);
    return { drainId, taskArn, latestMillis, slotMillis, stopAtMillis };
  });
  return stops.reverse();
};
