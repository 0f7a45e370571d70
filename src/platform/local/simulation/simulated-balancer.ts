import { BalancerRefusedError, BalancerUnavailableError } from '../../../errors.ts';
import type { Balancer, BalancerGroup, BalancerTarget, TargetHealth } from '../../ports/balancer.ts';
import type { CallBucket } from '../../ports/call-pace.ts';
import type { CallKind } from './call-faults.ts';
import type { SimulatedCalls } from './simulated-calls.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const readBuckets: readonly CallBucket[] = ['balancerAny'];
const targetBuckets: readonly CallBucket[] = ['balancerAny', 'balancerTargets'];

/** ELBv2's API in front of a simulated cluster. Groups are known by their names. */
export class SimulatedBalancer implements Balancer {
  readonly #world: SimulatedWorld;
  readonly #calls: SimulatedCalls;

  constructor(world: SimulatedWorld, calls: SimulatedCalls) {
    this.#world = world;
    this.#calls = calls;
  }

  describeGroups(groups: readonly string[]): Promise<readonly BalancerGroup[]> {
    return this.#call('describeGroups', readBuckets, () => {
      if (groups.length < 1 || groups.length > 20)
        throw new BalancerRefusedError(`a call takes 1 to 20 groups, not ${groups.length}`);
      return groups.flatMap((group) => this.#world.targets.groups.get(group)?.facts ?? []);
    });
  }

  register(group: string, targets: readonly BalancerTarget[]): Promise<void> {
    return this.#call('register', targetBuckets, () => {
      const found = this.#world.targets.groups.get(group);
      if (found === undefined) throw new BalancerRefusedError(`there is no target group "${group}"`);
      for (const { id } of targets) {
        const instance = this.#world.state.instancesById.get(id);
        const isThere = instance !== undefined && instance.goneAtMillis === null;
        if (found.facts.targetType === 'instance' && !isThere)
          throw new BalancerRefusedError(`"${id}" is no instance that could be registered with "${group}"`);
      }
      for (const target of targets) this.#world.targets.register(found, target);
    });
  }

  deregister(group: string, targets: readonly BalancerTarget[]): Promise<void> {
    return this.#call('deregister', targetBuckets, () => {
      const found = this.#world.targets.groups.get(group);
      if (found === undefined) return;
      for (const target of targets) this.#world.targets.deregister(found, target);
    });
  }

  health(group: string): Promise<readonly TargetHealth[]> {
    return this.#call('health', readBuckets, () => this.#world.targets.groups.get(group)?.health() ?? []);
  }

  #call<Value>(call: CallKind, buckets: readonly CallBucket[], effect: () => Value): Promise<Value> {
    const unavailable = (message: string): Error => new BalancerUnavailableError(message);
    return this.#calls.make({ call, buckets, effect, unavailable });
  }
}
