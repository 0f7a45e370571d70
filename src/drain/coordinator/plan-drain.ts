import type { Drain, DrainLimits, DrainState, DrainTask, KnownDefinition } from './drain-state.ts';
import { type GroupTargets, needsDeregistering, needsRegistering, planBalancers } from './plan-balancers.ts';
import { hasStopped, isReady, type PlannedStop, planStops } from './plan-stops.ts';

/** What is to be done now, and when to look again. Doing any of it twice does no harm. */
export interface DrainPlan {
  readonly due: DueWork;
  /** All stops that are still to come, most urgent first. */
  readonly timetable: readonly PlannedStop[];
  readonly ended: readonly EndedDrain[];
  /** When something is due next by the clock alone; null when nothing is. */
  readonly nextAtMillis: number | null;
}

export interface DueWork {
  readonly find: readonly Drain[];
  readonly setDraining: readonly Drain[];
  readonly setActive: readonly Drain[];
  readonly list: readonly Drain[];
  /** Tasks whose stop is awaited, or whose targets aren't known yet. */
  readonly describe: readonly { readonly drainId: string; readonly taskArn: string }[];
  readonly readDefinitions: readonly string[];
  readonly deregister: readonly GroupTargets[];
  readonly register: readonly GroupTargets[];
  readonly pollHealth: readonly string[];
  readonly stop: readonly PlannedStop[];
}

/**
 * `empty`: nothing runs there any more. `gone`: the instance was there no more before it was empty. `taken-back`: by an
 * operator. `abandoned`: it could not be finished, long after the deadline.
 */
export type DrainOutcome = 'empty' | 'gone' | 'taken-back' | 'abandoned';

export interface EndedDrain {
  readonly drainId: string;
  readonly outcome: DrainOutcome;
  /** What still fails is not tried again. */
  readonly isOverdue: boolean;
}

const never = Number.POSITIVE_INFINITY;
const mostDefinitionReads = 5;

const abandonedAt = (drain: Drain, limits: DrainLimits): number =>
  Math.max(drain.deadlineMillis, drain.joinedAtMillis) + limits.afterDeadlineMillis;

/**
 * Empty is what a listing says that began after the instance took no new tasks, and after the last stop that was
 * seen; whoever set DRAINING, and whatever the instance's own count says, which leaves stopping tasks out. Where DRAINING
 * can't be set, new tasks come until the deadline, so what counts is a listing after that.
 */
const isEmpty = (drain: Drain, tasks: readonly DrainTask[], limits: DrainLimits): boolean => {
  const listed = drain.at.listed;
  if (listed === undefined || !isReady(drain)) return false;
  const isLateEnough = listed >= (drain.at.draining ?? drain.deadlineMillis) + limits.consistencyMillis;
  return isLateEnough && tasks.every((task) => (task.stoppedAtMillis ?? never) <= listed);
};

/** When the tasks of a drain that was taken back are listed: ECS stops no more of them, and those that it stopped are seen. */
const relistedAt = ({ at, failures }: Drain, limits: DrainLimits): number =>
  (at.active ?? failures.active?.sinceMillis ?? never) + limits.consistencyMillis;

/** Whatever is known of what was done: a step that died could not write it down. */
const isRestored = (drain: Drain, tasks: readonly DrainTask[], limits: DrainLimits): boolean => {
  const { active, gone, listed = -never } = drain.at;
  if (gone !== undefined) return true;
  if (active === undefined || listed < relistedAt(drain, limits)) return false;
  const running = tasks.filter((task) => task.lookedAtMillis >= listed);
  return running.every((task) => !task.targets?.some((target) => needsRegistering(drain, task, target)));
};

const outcomeOf = (
  drain: Drain,
  tasks: readonly DrainTask[],
  now: number,
  limits: DrainLimits,
): DrainOutcome | null => {
  const unfinished = now >= abandonedAt(drain, limits) ? 'abandoned' : null;
  if (drain.isTakenBack) return isRestored(drain, tasks, limits) ? 'taken-back' : unfinished;
  if (drain.at.gone !== undefined) {
    const isTidy = tasks.every((task) => !task.targets?.some((t) => needsDeregistering(drain, task, t)));
    return isTidy ? 'gone' : unfinished;
  }
  return isEmpty(drain, tasks, limits) ? 'empty' : unfinished;
};

const listAt = (drain: Drain, tasks: readonly DrainTask[], limits: DrainLimits): number => {
  const { listed, firstListed } = drain.at;
  const newest = listed ?? firstListed;
  if (newest === undefined) return -never;
  // While new tasks come, because DRAINING is refused, each has to be found while there is time to deregister it.
  if (drain.at.draining === undefined && drain.failures.draining !== undefined)
    return newest + 2 * limits.lookAgainMillis;
  const settled = (drain.at.draining ?? drain.at.found ?? 0) + limits.consistencyMillis;
  if (listed === undefined || listed < settled) return settled;
  return tasks.every(hasStopped) ? listed + 1_000 : listed + limits.relistMillis;
};

const findAt = (drain: Drain, limits: DrainLimits): number => {
  const looked = drain.at.lookedFor;
  if (looked === undefined) return -never;
  if (drain.at.found === undefined) return looked + limits.lookAgainMillis;
  const saidGone = drain.notices.find(({ cause }) => cause === 'gone')?.noticedAtMillis;
  if (saidGone !== undefined)
    return looked < saidGone + limits.consistencyMillis
      ? saidGone + limits.consistencyMillis
      : looked + limits.missingMillis;
  return Math.max(looked, drain.deadlineMillis) + limits.missingMillis;
};

/** A definition that can't be read is tried a few times; one that was read, or isn't there, isn't asked for again. */
const definitionAt = (known: KnownDefinition | undefined, limits: DrainLimits): number => {
  if (known === undefined) return -never;
  const { failure } = known;
  return failure === undefined || failure.times >= mostDefinitionReads
    ? never
    : failure.atMillis + limits.retryMillis * failure.times;
};

const isAwaited = (task: DrainTask): boolean =>
  task.isStopping || task.stopAskedAtMillis !== undefined || task.targets === null;

/** Between two looks at a task that is awaited: more when there are many. */
const lookInterval = (state: DrainState, limits: DrainLimits): number => {
  let awaited = 0;
  for (const drain of Object.values(state.drains))
    for (const task of Object.values(drain.tasks)) if (!hasStopped(task) && isAwaited(task)) awaited++;
  return Math.max(limits.lookAgainMillis, (1000 * Math.ceil(awaited / 100)) / limits.looksPerSecond);
};

/**
 * The drain's decision. In this order, as far as one thing waits for another: find, DRAINING, list all tasks, then
 * beside each other stop what no balancer sends requests to, and deregister, verify, settle, stop. What shares no
 * bucket doesn't wait for each other; deregistrations come first in theirs.
 */
export const planDrain = (state: DrainState, nowMillis: number, limits: DrainLimits): DrainPlan => {
  let next = never;
  const isDue = (at: number): boolean => {
    if (at > nowMillis) next = Math.min(next, at);
    return at <= nowMillis;
  };
  const mayTry = (drain: Drain, call: string): boolean => {
    const failure = drain.failures[call];
    return isDue(failure === undefined ? -never : failure.atMillis + limits.retryMillis);
  };
  const find: Drain[] = [];
  const setDraining: Drain[] = [];
  const setActive: Drain[] = [];
  const list: Drain[] = [];
  const describe: { drainId: string; taskArn: string }[] = [];
  const definitions = new Set<string>();
  const lookAgainMillis = lookInterval(state, limits);
  const ended: EndedDrain[] = [];

  const planTasks = (drain: Drain, tasks: readonly DrainTask[]): void => {
    for (const task of tasks) {
      if (hasStopped(task)) continue;
      if (isDue(definitionAt(state.definitions[task.definition], limits))) definitions.add(task.definition);
      if (!isAwaited(task)) continue;
      const lookAt = Math.max(task.lookedAtMillis, task.stopAskedAtMillis ?? 0) + lookAgainMillis / 2;
      // All together at the next whole interval: a hundred cost one call.
      if (isDue(Math.ceil(lookAt / lookAgainMillis) * lookAgainMillis) && mayTry(drain, 'describe'))
        describe.push({ drainId: drain.drainId, taskArn: task.taskArn });
    }
  };
  for (const drain of Object.values(state.drains)) {
    const tasks = Object.values(drain.tasks);
    const outcome = outcomeOf(drain, tasks, nowMillis, limits);
    const isOverdue = isDue(abandonedAt(drain, limits));
    if (outcome !== null) {
      // Auto Scaling could not be told: nothing else is left to do until it can.
      if (mayTry(drain, 'lifecycle') || isOverdue) ended.push({ drainId: drain.drainId, outcome, isOverdue });
      continue;
    }
    if (drain.at.gone !== undefined) continue;
    if (isDue(findAt(drain, limits)) && mayTry(drain, 'find')) find.push(drain);
    if (drain.containerInstanceArn === null) continue;
    if (drain.isTakenBack) {
      const relistAt = relistedAt(drain, limits);
      if (drain.at.active === undefined && mayTry(drain, 'active')) setActive.push(drain);
      if ((drain.at.listed ?? -never) < relistAt && isDue(relistAt) && mayTry(drain, 'list'))
        list.push(drain);
      continue;
    }
    if (drain.at.draining === undefined && mayTry(drain, 'draining')) setDraining.push(drain);
    if (!isReady(drain)) continue;
    if (isDue(listAt(drain, tasks, limits)) && mayTry(drain, 'list')) list.push(drain);
    planTasks(drain, tasks);
  }

  const timetable = planStops(state, limits);
  const stop = timetable
    .filter((planned) => planned.stopAtMillis !== null && isDue(planned.stopAtMillis))
    .sort((a, b) => a.slotMillis - b.slotMillis);
  const { nextMillis, ...balancers } = planBalancers(
    state,
    nowMillis,
    limits,
    (drain, task) => task.lookedAtMillis >= relistedAt(drain, limits),
  );
  next = Math.min(next, nextMillis);
  return {
    due: {
      find,
      setDraining,
      setActive,
      list,
      describe,
      readDefinitions: [...definitions],
      stop,
      ...balancers,
    },
    timetable,
    ended,
    nextAtMillis: next === never ? null : next,
  };
};
