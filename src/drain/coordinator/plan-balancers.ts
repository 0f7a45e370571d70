import type { BalancerTarget } from '../../platform/ports/balancer.ts';
import type { Drain, DrainLimits, DrainState, DrainTarget, DrainTask, KnownGroup } from './drain-state.ts';
import { hasStopped, isReady } from './plan-stops.ts';

export interface GroupTargets {
  readonly group: string;
  readonly targets: readonly BalancerTarget[];
}

export interface BalancerPlan {
  readonly register: readonly GroupTargets[];
  /** One for each group, whatever the number of instances. */
  readonly deregister: readonly GroupTargets[];
  readonly pollHealth: readonly string[];
  readonly nextMillis: number;
}

const never = Number.POSITIVE_INFINITY;

/** An address of its own may belong to another task once its task has stopped; the port of an instance that leaves can't. */
export const isStillOurs = (drain: Drain, task: DrainTask, target: DrainTarget): boolean =>
  target.id === drain.instanceId || (!hasStopped(task) && drain.at.gone === undefined);

export const needsDeregistering = (drain: Drain, task: DrainTask, target: DrainTarget): boolean =>
  !drain.isTakenBack && target.askedAtMillis === undefined && isStillOurs(drain, task, target);

export const needsRegistering = (drain: Drain, task: DrainTask, target: DrainTarget): boolean =>
  drain.isTakenBack &&
  target.askedAtMillis !== undefined &&
  target.restoredAtMillis === undefined &&
  task.stopAskedAtMillis === undefined &&
  !task.isStopping &&
  !hasStopped(task);

/** After its task was asked to stop there is nothing more to learn about a target; of a lost instance only that it is silent. */
const needsPolling = (drain: Drain, task: DrainTask, target: DrainTarget): boolean =>
  !drain.isTakenBack &&
  target.askedAtMillis !== undefined &&
  (drain.at.gone === undefined
    ? target.doneAtMillis === undefined && task.stopAskedAtMillis === undefined && !hasStopped(task)
    : target.verifiedAtMillis === undefined && isStillOurs(drain, task, target));

const retryAt = (group: KnownGroup | undefined, call: string, limits: DrainLimits): number => {
  const failure = group?.failures[call];
  return failure === undefined ? -never : failure.atMillis + limits.retryMillis * Math.min(failure.times, 5);
};

/** Until when targets wait for those of instances which are still being read. */
const gatheredAt = (state: DrainState, nowMillis: number, limits: DrainLimits): number =>
  Object.values(state.drains)
    .filter((d) => !d.isTakenBack && d.at.firstListed === undefined && d.at.gone === undefined)
    .filter((d) => Object.keys(d.failures).length === 0)
    .map((d) => d.joinedAtMillis + limits.gatherMillis)
    .reduce((latest, at) => (at > nowMillis ? Math.max(latest, at) : latest), -never);

class Grouped {
  readonly #groups = new Map<string, Map<string, BalancerTarget>>();
  /** When the first of all these targets was seen. */
  sinceMillis = never;

  add({ group, id, port }: DrainTarget, seenAtMillis: number): void {
    const targets = this.#groups.get(group) ?? new Map<string, BalancerTarget>();
    targets.set(`${id} ${port}`, { id, port });
    this.#groups.set(group, targets);
    this.sinceMillis = Math.min(this.sinceMillis, seenAtMillis);
  }

  list(): GroupTargets[] {
    return [...this.#groups].map(([group, targets]) => ({ group, targets: [...targets.values()] }));
  }
}

/** A balancer shows at once what it was told; a little later all calls for other groups have been made as well. */
const firstPollMillis = 250;

const pollAt = (group: KnownGroup | undefined, isUnverified: boolean, intervalMillis: number): number => {
  const { askedAtMillis = 0, polledAtMillis = -never } = group ?? {};
  if (polledAtMillis < askedAtMillis) return askedAtMillis + firstPollMillis;
  return polledAtMillis + (isUnverified ? intervalMillis : Math.max(intervalMillis, 4_000));
};

/** What the balancers are asked now. Groups with a failure are tried again more and more rarely; the others don't wait for them. */
export const planBalancers = (state: DrainState, nowMillis: number, limits: DrainLimits): BalancerPlan => {
  const toDeregister = new Grouped();
  const toRegister = new Grouped();
  const toPoll = new Map<string, boolean>();
  for (const drain of Object.values(state.drains)) {
    const isOpen = isReady(drain) || drain.at.gone !== undefined;
    for (const task of Object.values(drain.tasks)) {
      for (const target of task.targets ?? []) {
        if (isOpen && needsDeregistering(drain, task, target)) toDeregister.add(target, task.seenAtMillis);
        else if (needsRegistering(drain, task, target)) toRegister.add(target, task.seenAtMillis);
        if (needsPolling(drain, task, target)) {
          const isUnverified = target.verifiedAtMillis === undefined;
          toPoll.set(target.group, isUnverified || toPoll.get(target.group) === true);
        }
      }
    }
  }
  let nextMillis = never;
  const isDue = (at: number): boolean => {
    if (at > nowMillis) nextMillis = Math.min(nextMillis, at);
    return at <= nowMillis;
  };
  // However many more instances follow, nobody waits for them longer than this.
  const gathered = Math.min(
    gatheredAt(state, nowMillis, limits),
    toDeregister.sinceMillis + limits.gatherMillis,
  );
  const deregister = toDeregister
    .list()
    .filter(({ group }) => isDue(Math.max(gathered, retryAt(state.groups[group], 'deregister', limits))));
  const register = toRegister
    .list()
    .filter(({ group }) => isDue(retryAt(state.groups[group], 'register', limits)));
  const intervalMillis = Math.max(1_500, (1000 * toPoll.size) / limits.pollsPerSecond);
  const pollHealth = [...toPoll.entries()]
    .filter(([group, isUnverified]) => {
      const known = state.groups[group];
      return isDue(Math.max(pollAt(known, isUnverified, intervalMillis), retryAt(known, 'health', limits)));
    })
    .map(([group]) => group);
  return { register, deregister, pollHealth, nextMillis };
};
