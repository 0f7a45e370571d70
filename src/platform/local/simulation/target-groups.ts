import type { BalancerTarget } from '../../ports/balancer.ts';
import type { VirtualTime } from '../virtual-time.ts';
import { type Chance, within } from './chance.ts';
import { type ClusterState, targetKey, targetsOf } from './cluster-state.ts';
import { RequestCounter, type Stint } from './count-requests.ts';
import { type Registration, SimulatedGroup } from './simulated-group.ts';
import type { SimulatedTask } from './simulated-task.ts';
import { type GroupSetup, type SimulationPaces, usualDurations } from './simulation-setup.ts';

export interface TargetGroupsSetup {
  readonly groups: readonly GroupSetup[];
  readonly paces: SimulationPaces;
}

/** All target groups, and what happens to their targets by itself: health checks, silence, the end of a drain. */
export class TargetGroups {
  readonly groups: ReadonlyMap<string, SimulatedGroup>;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #paces: SimulationPaces;
  readonly #state: ClusterState;
  readonly #counters: ReadonlyMap<SimulatedGroup, RequestCounter>;
  readonly #stintsOf = new Map<SimulatedTask, { readonly stint: Stint; readonly group: SimulatedGroup }[]>();
  #turns = 0;
  /** Told of each target that has become healthy. */
  onHealthy: (task: SimulatedTask) => void = () => undefined;

  constructor(setup: TargetGroupsSetup, state: ClusterState, chance: Chance, time: VirtualTime) {
    this.#time = time;
    this.#chance = chance;
    this.#paces = setup.paces;
    this.#state = state;
    const groups = setup.groups.map((one, index) => new SimulatedGroup(one, index, time.nowMillis()));
    this.groups = new Map(groups.map((group) => [group.facts.group, group]));
    this.#counters = new Map(
      groups.map((group) => [group, new RequestCounter(group.setup.durations ?? usualDurations, chance)]),
    );
  }

  counterOf(group: SimulatedGroup): RequestCounter {
    return this.#counters.get(group) ?? new RequestCounter(usualDurations, this.#chance);
  }

  register(group: SimulatedGroup, target: BalancerTarget, isHealthyAtOnce = false): void {
    const key = targetKey(target);
    const known = group.registrations.get(key);
    if (known !== undefined && known.drainingSinceMillis === null) return;
    const task = this.#state.tasksByTarget.get(key);
    const registration: Registration = known ?? {
      target,
      task,
      state: 'initial',
      drainingSinceMillis: null,
      stint: null,
      turn: 0,
    };
    registration.drainingSinceMillis = null;
    registration.turn = ++this.#turns;
    if (registration.stint !== null) registration.stint.cutAtMillis = null;
    else registration.state = 'initial';
    group.registrations.set(key, registration);
    this.#note('target-registered', group, registration);
    if (isHealthyAtOnce) this.#check(group, registration);
    else this.#checkLater(group, registration);
  }

  deregister(group: SimulatedGroup, target: BalancerTarget): void {
    const registration = group.registrations.get(targetKey(target));
    if (registration === undefined || registration.drainingSinceMillis !== null) return;
    const now = this.#time.nowMillis();
    registration.drainingSinceMillis = now;
    const turn = ++this.#turns;
    registration.turn = turn;
    this.#note('target-draining', group, registration);
    const silentAtMillis = now + within(this.#paces.silenceMillis, this.#chance('silence', turn));
    const removedAtMillis = now + group.facts.deregistrationDelaySeconds * 1000;
    if (registration.stint !== null)
      registration.stint.cutAtMillis = Math.max(silentAtMillis, removedAtMillis);
    this.#time.at(silentAtMillis, () => {
      if (registration.turn !== turn) return;
      group.endStint(registration, silentAtMillis);
      this.#note('target-silent', group, registration);
    });
    this.#time.at(Math.max(silentAtMillis, removedAtMillis), () => {
      if (registration.turn !== turn) return;
      group.registrations.delete(targetKey(target));
      this.#note('target-removed', group, registration);
    });
  }

  /** Which groups have a task's ports registered; those that drain are not among them. */
  registrationsOf(task: SimulatedTask): readonly { group: SimulatedGroup; registration: Registration }[] {
    const found: { group: SimulatedGroup; registration: Registration }[] = [];
    for (const group of this.#groupsOf(task)) {
      for (const target of task.origin.ports.flatMap((port) => targetsOf(task.origin.instance, port))) {
        const registration = group.registrations.get(targetKey(target));
        if (registration !== undefined && registration.drainingSinceMillis === null)
          found.push({ group, registration });
      }
    }
    return found;
  }

  running(task: SimulatedTask): void {
    for (const { group, registration } of this.registrationsOf(task)) this.#checkLater(group, registration);
  }

  /** Health checks notice after a while that nothing answers any more. */
  closed(task: SimulatedTask): void {
    for (const { group, registration } of this.registrationsOf(task)) {
      const { turn } = registration;
      const millis = within(this.#paces.unhealthyMillis, this.#chance('becomes-unhealthy', turn));
      this.#time.at(this.#time.nowMillis() + millis, () => {
        if (registration.turn === turn) this.#check(group, registration);
      });
    }
  }

  answeredBy(task: SimulatedTask): number {
    const now = this.#time.nowMillis();
    return (this.#stintsOf.get(task) ?? []).reduce(
      (last, { stint, group }) => Math.max(last, this.counterOf(group).answeredBy(stint, now)),
      now,
    );
  }

  #checkLater(group: SimulatedGroup, registration: Registration): void {
    const { turn } = registration;
    const millis = within(this.#paces.healthyMillis, this.#chance('becomes-healthy', turn));
    this.#time.at(this.#time.nowMillis() + millis, () => {
      if (registration.turn === turn) this.#check(group, registration);
    });
  }

  #check(group: SimulatedGroup, registration: Registration): void {
    const now = this.#time.nowMillis();
    const { task } = registration;
    const state = task?.isServing === true ? 'healthy' : 'unhealthy';
    if (registration.state === state) return;
    registration.state = state;
    this.#note(state === 'healthy' ? 'target-healthy' : 'target-unhealthy', group, registration);
    if (state === 'unhealthy' || task === undefined) {
      group.endStint(registration, now);
      return;
    }
    const stint = group.beginStint(registration, now);
    if (stint !== undefined)
      this.#stintsOf.set(task, [...(this.#stintsOf.get(task) ?? []), { stint, group }]);
    this.onHealthy(task);
  }

  /** Where a task may be registered: the groups of its service, or all of them for a task of its own. */
  *#groupsOf({ origin }: SimulatedTask): Generator<SimulatedGroup> {
    if (origin.service === null) {
      yield* this.groups.values();
      return;
    }
    for (const name of origin.service.groups) {
      const group = this.groups.get(name);
      if (group !== undefined) yield group;
    }
  }

  #note(
    what:
      | 'target-registered'
      | 'target-healthy'
      | 'target-unhealthy'
      | 'target-draining'
      | 'target-silent'
      | 'target-removed',
    group: SimulatedGroup,
    { target }: Registration,
  ): void {
    this.#state.journal.note(this.#time.nowMillis(), what, `${group.facts.group} ${targetKey(target)}`);
  }
}
