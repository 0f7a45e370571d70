import type { TargetHealth } from '../../platform/ports/balancer.ts';
import type { Drain, DrainLimits, DrainState, DrainTarget, DrainTask } from './drain-state.ts';
import { mergeFailure, without } from './merge-facts.ts';
import type { GroupTargets } from './plan-balancers.ts';

/** Whatever has no target that changes stays the very object that it was: thousands of tasks are gone through at each answer. */
const changeTargets = (
  state: DrainState,
  group: string,
  change: (target: DrainTarget, drain: Drain, task: DrainTask) => DrainTarget,
): DrainState => {
  const drains: Record<string, Drain> = {};
  for (const [drainId, drain] of Object.entries(state.drains)) {
    const changed: Record<string, DrainTask> = {};
    for (const task of Object.values(drain.tasks)) {
      if (task.targets?.some((target) => target.group === group) !== true) continue;
      const targets = task.targets.map((each) => (each.group === group ? change(each, drain, task) : each));
      if (targets.some((each, place) => each !== task.targets?.[place]))
        changed[task.taskArn] = { ...task, targets };
    }
    if (Object.keys(changed).length > 0)
      drains[drainId] = { ...drain, tasks: { ...drain.tasks, ...changed } };
  }
  return { ...state, drains: { ...state.drains, ...drains } };
};

const nameOf = ({ id, port }: { readonly id: string; readonly port: number }): string => `${id} ${port}`;

/** The targets of a call to a group were tried; `isDone` when it went well. */
export const mergeDeregistered = (
  state: DrainState,
  { group, targets }: GroupTargets,
  result: { readonly atMillis: number; readonly failure?: string },
): DrainState => {
  const named = new Set(targets.map(nameOf));
  const { atMillis, failure } = result;
  const tried = changeTargets(state, group, (target) =>
    named.has(nameOf(target))
      ? {
          ...target,
          triedAtMillis: target.triedAtMillis ?? atMillis,
          ...(failure === undefined ? { askedAtMillis: atMillis } : {}),
        }
      : target,
  );
  return mergeGroup(tried, group, 'deregister', atMillis, failure);
};

export const mergeRegistered = (
  state: DrainState,
  { group, targets }: GroupTargets,
  result: { readonly atMillis: number; readonly failure?: string },
): DrainState => {
  const named = new Set(targets.map(nameOf));
  const { atMillis, failure } = result;
  const changed =
    failure === undefined
      ? changeTargets(state, group, (t, drain) =>
          drain.isTakenBack && named.has(nameOf(t)) ? { ...t, restoredAtMillis: atMillis } : t,
        )
      : state;
  return mergeGroup(changed, group, 'register', atMillis, failure);
};

/** A group's call was made: when, and what was wrong. */
export const mergeGroup = (
  state: DrainState,
  group: string,
  call: 'deregister' | 'register' | 'health',
  atMillis: number,
  failure?: string,
): DrainState => {
  const known = state.groups[group] ?? { failures: {} };
  const failures =
    failure === undefined
      ? without(known.failures, call)
      : { ...known.failures, [call]: mergeFailure(known.failures[call], failure, atMillis) };
  const at =
    failure !== undefined || call === 'register'
      ? {}
      : call === 'health'
        ? { polledAtMillis: atMillis }
        : { askedAtMillis: atMillis };
  return { ...state, groups: { ...state.groups, [group]: { ...known, ...at, failures } } };
};

const silent: ReadonlySet<string> = new Set(['draining', 'unhealthy.draining', 'unused']);
/** A balancer that still shows a target as registered after so long was told to register it again by somebody. */
const isRegisteredAgainAfterMillis = 10_000;

/** Whoever has the address of a task that ends may be another one. */
const mayBeAnothers = (task: DrainTask): boolean =>
  task.stopAskedAtMillis !== undefined || task.isStopping || task.stoppedAtMillis !== undefined;

const mergeTargetHealth = (
  target: DrainTarget,
  task: DrainTask,
  health: TargetHealth | undefined,
  atMillis: number,
  limits: DrainLimits,
): DrainTarget => {
  const { askedAtMillis, unlistedAtMillis, verifiedAtMillis, doneAtMillis, inFlight: _, ...rest } = target;
  if (askedAtMillis === undefined || askedAtMillis > atMillis) return target;
  if (health !== undefined && !silent.has(health.state)) {
    if (mayBeAnothers(task)) return target;
    const isAgain = verifiedAtMillis !== undefined || unlistedAtMillis !== undefined;
    return isAgain || atMillis - askedAtMillis >= isRegisteredAgainAfterMillis ? rest : target;
  }
  const isUnlisted = health === undefined && verifiedAtMillis === undefined;
  const since = isUnlisted ? (unlistedAtMillis ?? atMillis) : (verifiedAtMillis ?? atMillis);
  const isSettled = atMillis >= since + limits.settleMillis;
  // One that isn't listed has drained, or is of a task that has just begun, and is registered in a moment.
  if (isUnlisted && !isSettled) return { ...rest, askedAtMillis, unlistedAtMillis: since };
  const verified = since;
  const isIdle = isSettled && (health === undefined || health.inFlight === 0);
  const isDone = health?.state === 'unused' || isIdle;
  const done = isDone ? (doneAtMillis ?? atMillis) : doneAtMillis;
  return {
    ...rest,
    askedAtMillis,
    verifiedAtMillis: verified,
    ...(done === undefined ? {} : { doneAtMillis: done }),
    ...(health?.inFlight === undefined ? {} : { inFlight: health.inFlight }),
  };
};

/** What the balancer shows of a group, read from `begunAtMillis` on: nothing that was asked of it later is judged by it. */
export const mergeHealth = (
  state: DrainState,
  group: string,
  healths: readonly TargetHealth[],
  begunAtMillis: number,
  limits: DrainLimits,
): DrainState => {
  const byName = new Map(healths.map((health) => [nameOf(health), health]));
  const changed = changeTargets(state, group, (target, _, task) =>
    mergeTargetHealth(target, task, byName.get(nameOf(target)), begunAtMillis, limits),
  );
  return mergeGroup(changed, group, 'health', begunAtMillis);
};
