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

/** Of a service's task any target: what a step deregistered that died before it could write it down is in no document. */
export const needsRegistering = (drain: Drain, task: DrainTask, target: DrainTarget): boolean =>
  drain.isTakenBack &&
  (target.askedAtMillis !== undefined || task.service !== null) &&
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

/** Until when targets wait for those of instances which are still being read, or heard of. */
const gatheredAt = (state: DrainState, nowMillis: number, limits: DrainLimits): number =>
  Object.values(state.drains)
    .filter((d) => !d.isTakenBack && d.at.firstListed === undefined && d.at.gone === undefined)
    .filter((d) => Object.keys(d.failures).length === 0)
    .map((d) => d.joinedAtMillis + limits.gatherMillis)
    .reduce((latest, at) => (at > nowMillis ? Math.max(latest, at) : latest), quietAt(state, limits));

const quietAt = (state: DrainState, limits: DrainLimits): number =>
  Object.values(state.drains).reduce((latest, d) => Math.max(latest, d.heardAtMillis), -never) +
  limits.quietMillis;

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

/** `settledAtMillis`: when all have settled; infinite while one is unverified. */
const pollAt = (group: KnownGroup | undefined, settledAtMillis: number, intervalMillis: number): number => {
  const { askedAtMillis = 0, polledAtMillis = -never } = group ?? {};
  // A balancer shows at once what it was told.
  if (polledAtMillis < askedAtMillis) return askedAtMillis;
  if (settledAtMillis === never) return polledAtMillis + intervalMillis;
  return Math.max(
    polledAtMillis + intervalMillis,
    polledAtMillis < settledAtMillis ? settledAtMillis : polledAtMillis + 4_000,
  );
};

/** What the balancers are asked now. Groups with a failure are tried again more and more rarely; the others don't wait for them. */
export const planBalancers = (
  state: DrainState,
  nowMillis: number,
  limits: DrainLimits,
  mayRegister: (drain: Drain, task: DrainTask) => boolean = () => true,
): BalancerPlan => {
  const toDeregister = new Grouped();
  const toRegister = new Grouped();
  const toPoll = new Map<string, number>();
  for (const drain of Object.values(state.drains)) {
    const isOpen = isReady(drain) || drain.at.gone !== undefined;
    for (const task of Object.values(drain.tasks)) {
      for (const target of task.targets ?? []) {
        if (isOpen && needsDeregistering(drain, task, target)) toDeregister.add(target, task.seenAtMillis);
        else if (needsRegistering(drain, task, target) && mayRegister(drain, task))
          toRegister.add(target, task.seenAtMillis);
        if (needsPolling(drain, task, target)) {
          const silentAt = target.verifiedAtMillis ?? target.unlistedAtMillis ?? never;
          const settledAt = silentAt + limits.settleMillis;
          toPoll.set(target.group, Math.max(settledAt, toPoll.get(target.group) ?? 0));
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
    .filter(([group, settledAt]) => {
      const known = state.groups[group];
      return isDue(Math.max(pollAt(known, settledAt, intervalMillis), retryAt(known, 'health', limits)));
    })
    .map(([group]) => group);
  return { register, deregister, pollHealth, nextMillis };
};
