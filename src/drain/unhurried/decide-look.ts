import { type Drain, type DrainLimits, type DrainTask, noticeMillis } from '../coordinator/drain-state.ts';
import { needsDeregistering, needsRegistering, planBalancers } from '../coordinator/plan-balancers.ts';
import type { DrainOutcome, DueWork } from '../coordinator/plan-drain.ts';
import { asIfDeregistered, isOwnIn, withOwnTargets } from './own-tasks.ts';
import { drainOf, type UnhurriedProgress } from './unhurried-progress.ts';

export interface LookDecision {
  /** What is to be changed now; doing it twice does no harm. Reads aren't part of it: each look reads everything once. */
  readonly due: DueWork;
  readonly end: LookEnd | null;
  /** When something is to be done by the clock alone; null when never. */
  readonly nextAtMillis: number | null;
}

export type LookEnd =
  | { readonly kind: 'ended'; readonly outcome: DrainOutcome }
  /** What is left is the coordinator's: minutes remain. */
  | { readonly kind: 'hurried'; readonly deadlineMillis: number };

/** So long before the instance goes, whatever still runs there is drained with hurry. */
export const handOverMillis = 300_000;

export const noWork: DueWork = {
  find: [],
  setDraining: [],
  setActive: [],
  list: [],
  describe: [],
  readDefinitions: [],
  deregister: [],
  register: [],
  pollHealth: [],
  stop: [],
};

const hasStopped = ({ stoppedAtMillis }: DrainTask): boolean => stoppedAtMillis !== undefined;

/** By a listing that began after the instance took no new tasks, and after the last stop that was seen. */
const isEmpty = ({ at, tasks }: Drain, limits: DrainLimits): boolean => {
  const { listed, draining } = at;
  if (listed === undefined || draining === undefined || listed < draining + limits.consistencyMillis)
    return false;
  return Object.values(tasks).every(
    ({ stoppedAtMillis }) => stoppedAtMillis !== undefined && stoppedAtMillis <= listed,
  );
};

/** Its balancers have said that nothing is in flight any more, and some time ago that they send nothing new. */
const isSilent = ({ targets }: DrainTask, nowMillis: number, limits: DrainLimits): boolean =>
  targets?.every(
    ({ verifiedAtMillis, doneAtMillis }) =>
      doneAtMillis !== undefined &&
      verifiedAtMillis !== undefined &&
      nowMillis >= verifiedAtMillis + limits.settleMillis,
  ) === true;

const decideEnd = (
  progress: UnhurriedProgress,
  own: Drain,
  nowMillis: number,
  limits: DrainLimits,
): LookEnd | null => {
  const ended = (outcome: DrainOutcome): LookEnd => ({ kind: 'ended', outcome });
  const { at, deadlineMillis } = own;
  const isLate = nowMillis >= deadlineMillis;
  const some = (needs: typeof needsRegistering): boolean =>
    Object.values(own.tasks).some((task) => task.targets?.some((target) => needs(own, task, target)));
  if (at.gone !== undefined && (isLate || !some(needsDeregistering))) return ended('gone');
  if (own.isTakenBack) {
    const isActive = at.draining === undefined || at.active !== undefined;
    if (isActive && !some(needsRegistering)) return ended('taken-back');
    return isLate ? ended('abandoned') : null;
  }
  if (at.gone !== undefined) return null;
  if (isEmpty(own, limits)) return ended('empty');
  const hooks = Object.values(progress.hooks);
  if (hooks.length > 0 && hooks.every(({ isGone }) => isGone))
    return { kind: 'hurried', deadlineMillis: Math.min(deadlineMillis, nowMillis + noticeMillis) };
  if (progress.hasDeadline)
    return nowMillis >= deadlineMillis - handOverMillis ? { kind: 'hurried', deadlineMillis } : null;
  return isLate ? ended('abandoned') : null;
};

/**
 * The decision of a drain without hurry, on what a look has just read. ECS replaces tasks of services, those behind no
 * balancer finish by themselves; of the others, requests are led away, and they are stopped when the last is answered.
 */
export const decideLook = (
  progress: UnhurriedProgress,
  nowMillis: number,
  limits: DrainLimits,
): LookDecision => {
  const drain = drainOf(progress);
  const shown = withOwnTargets(progress.state);
  const state = drain.isTakenBack ? asIfDeregistered(shown) : shown;
  const own = state.drains[progress.drainId] ?? drain;
  const end = decideEnd(progress, own, nowMillis, limits);
  const nextAtMillis =
    own.isTakenBack || !progress.hasDeadline ? own.deadlineMillis : own.deadlineMillis - handOverMillis;
  if (end !== null) return { due: noWork, end, nextAtMillis: null };
  const { deregister, register, pollHealth } = planBalancers(state, nowMillis, limits);
  const isOwn = isOwnIn(drain);
  const isHere = own.containerInstanceArn !== null && own.at.gone === undefined;
  const stop = Object.values(own.tasks)
    .filter((task) => isHere && !own.isTakenBack && isOwn(drain.tasks[task.taskArn] ?? task))
    .filter((task) => !hasStopped(task) && !task.isStopping && task.stopAskedAtMillis === undefined)
    .filter((task) => isSilent(task, nowMillis, limits))
    .map(({ taskArn }) => ({
      drainId: own.drainId,
      taskArn,
      latestMillis: own.deadlineMillis,
      slotMillis: nowMillis,
      stopAtMillis: nowMillis,
    }));
  const wantsActive = own.isTakenBack && own.at.draining !== undefined && own.at.active === undefined;
  const wantsDraining = !own.isTakenBack && own.at.draining === undefined;
  return {
    due: {
      ...noWork,
      setActive: isHere && wantsActive ? [drain] : [],
      setDraining: isHere && wantsDraining ? [drain] : [],
      deregister,
      register,
      pollHealth,
      stop,
    },
    end,
    nextAtMillis,
  };
};
