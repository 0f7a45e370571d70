import type { InstanceSnapshot, TaskNeeds } from '../cluster-snapshot.ts';
import type { CapacityPolicy, InstanceSize } from '../policy/scaling-policy.ts';
import type { ClusterStanding } from './classify-cluster.ts';
import type { PoolStanding } from './classify-pool.ts';
import { dealToPool } from './deal-to-pool.ts';
import type { LaunchType } from './launch-types.ts';
import { attributesOf, emptyRoom, hasRoom, type Room, roomLeft } from './room.ts';

/** An instance that a plan counts on. */
export interface Slot {
  readonly from: 'serving' | 'coming' | 'draining' | 'new';
  /** Null for an instance of no pool. */
  readonly pool: string | null;
  readonly instance: InstanceSnapshot | null;
  /** Null while nobody knows what its pool launches. */
  readonly size: InstanceSize | null;
  readonly weight: number;
}

/** Room of a slot before a plan puts anything there. */
export const roomOf = ({ instance, size }: Slot): Room => {
  if (instance !== null) return roomLeft(instance);
  return emptyRoom(size ?? { cpu: 0, memoryMib: 0, gpus: 0, taskEnis: 0, attributes: {} });
};

/** Why a pool isn't asked for an instance that would carry a task. */
export type Refusal = 'no-type' | 'in-vain' | 'pool' | 'maximum';

/** What an instance is wanted for: a task that it must carry, or just its being there. */
export interface Wanted {
  readonly group: string;
  readonly needs: TaskNeeds;
}

const typeFor = (types: readonly LaunchType[], wanted: Wanted | null): LaunchType | undefined =>
  wanted === null
    ? types[0]
    : types.find(({ size }) => hasRoom(emptyRoom(size), wanted.group, wanted.needs, 'fits'));

/** What a pool launched last says what it launches next, for so many boots. */
const tellingBoots = 2;

/**
 * Instances that a plan may count on, beyond those that serve: in this order what is on its way, what is being drained and
 * can be taken back, and what can be ordered. All signals draw on the same provision, so that what was ordered for one of
 * them is there for the others: the largest counts, and nothing is added up.
 */
export class Provision {
  readonly serving: readonly Slot[];
  readonly coming: Slot[] = [];
  readonly takenBack: Slot[] = [];
  readonly bought: Slot[] = [];
  readonly pools: readonly PoolStanding[];
  readonly #owed: Map<string, number>;
  readonly #counts: Map<string, number>;
  readonly #units: Map<string, number>;
  readonly #newest: ReadonlyMap<string, InstanceSnapshot>;
  #draining: readonly Slot[];

  readonly #maximum: number;

  constructor(cluster: ClusterStanding, policy: CapacityPolicy, isLateBelieved = false) {
    const { pools } = cluster;
    this.pools = pools;
    this.#maximum = policy.maximum;
    const leaving = (pool: PoolStanding): readonly InstanceSnapshot[] =>
      cluster.drained.filter((instance) => instance.pool === pool.policy.name);
    this.#counts = new Map(pools.map((pool) => [pool.policy.name, pool.instances - leaving(pool).length]));
    this.#units = new Map(
      pools.map(({ policy: { name }, facts, surplusUnits }) => [name, facts.targetUnits + surplusUnits]),
    );
    this.#owed = new Map(
      pools.map((pool) => [pool.policy.name, pool.owedUnits + (isLateBelieved ? pool.overdueUnits : 0)]),
    );
    this.serving = cluster.serving
      .filter(({ isAgentConnected }) => isAgentConnected)
      .map((instance) => slotOf(instance, 'serving', 1));
    for (const pool of pools)
      for (const one of isLateBelieved ? [...pool.starting, ...pool.late] : pool.starting) {
        const { member, instance } = one;
        const known = pool.types.find(({ type }) => type === member.type) ?? pool.types[0];
        this.coming.push(
          instance === undefined
            ? slotOfType(pool, known, 'coming', member.weight)
            : slotOf(instance, 'coming', member.weight),
        );
      }
    this.#draining = cluster.draining
      .filter(({ instanceId }) => cluster.facts.get(instanceId)?.state === 'draining')
      .map((instance) => slotOf(instance, 'draining', 1));
    const telling = cluster.atMillis - tellingBoots * policy.bootSeconds * 1000;
    this.#newest = new Map(
      pools.flatMap(({ policy: { name }, serving }) => {
        const newest = serving.reduce<InstanceSnapshot | undefined>(
          (last, one) => (one.registeredAtMillis > (last?.registeredAtMillis ?? telling) ? one : last),
          undefined,
        );
        return newest === undefined ? [] : [[name, newest] as const];
      }),
    );
  }

  /** One more instance that would carry that task, or any when there is none. Undefined when there is none to be had. */
  open(wanted: Wanted | null): Slot | undefined {
    return this.#awaited(wanted) ?? this.#takeBack(wanted) ?? this.#buy(wanted);
  }

  /** One more than those that serve or are on their way. */
  openMore(): Slot | undefined {
    return this.#takeBack(null) ?? this.#buy(null);
  }

  /** One more of that very pool, whatever its share. */
  openIn(pool: PoolStanding): Slot | undefined {
    const name = pool.policy.name;
    return (
      this.#takeBack(null, name) ??
      (this.#canAsk(pool, pool.types[0]) ? this.#order(pool, pool.types[0]) : undefined)
    );
  }

  /** Of all pools together, with what was ordered. */
  get instances(): number {
    let sum = 0;
    for (const count of this.#counts.values()) sum += count;
    return sum;
  }

  instancesOf(pool: string): number {
    return this.#counts.get(pool) ?? 0;
  }

  /** Without those that are being drained. */
  stayingOf(pool: string): number {
    return this.instancesOf(pool) - this.#draining.filter((one) => one.pool === pool).length;
  }

  /** Why no pool can be asked for an instance that carries the task: the reason that is nearest to buying. */
  refusal(wanted: Wanted): Refusal {
    const carrying = this.pools.filter(
      ({ types }) => types.length === 0 || typeFor(types, wanted) !== undefined,
    );
    if (carrying.length === 0) return 'no-type';
    const useful = carrying.filter((pool) => !this.#isInVain(pool, wanted));
    if (useful.length === 0) return 'in-vain';
    return useful.every(({ refuses }) => refuses !== null) ? 'pool' : 'maximum';
  }

  /** Units that are owed and that no signal has drawn on. */
  undrawnUnits(pool: string): number {
    return this.#owed.get(pool) ?? 0;
  }

  #awaited(wanted: Wanted | null): Slot | undefined {
    for (const pool of this.pools) {
      const left = this.#owed.get(pool.policy.name) ?? 0;
      if (left <= 0) continue;
      const type = typeFor(pool.types, wanted);
      if (type === undefined && pool.types.length > 0) continue;
      // What a fleet of unknown weights launches may be anything.
      this.#owed.set(pool.policy.name, type === undefined ? 0 : Math.max(0, left - type.weight));
      const slot = slotOfType(pool, type, 'coming', type?.weight ?? left);
      this.coming.push(slot);
      return slot;
    }
    return undefined;
  }

  #takeBack(wanted: Wanted | null, pool?: string): Slot | undefined {
    const carries = (one: Slot): boolean => {
      if (wanted === null) return true;
      const room = roomOf(one);
      const isDoubtful = wanted.needs.isDistinct && room.hasUnseenTasks;
      return !isDoubtful && hasRoom(room, wanted.group, wanted.needs, 'fits');
    };
    const slot = this.#draining.find((one) => (pool === undefined || one.pool === pool) && carries(one));
    if (slot === undefined) return undefined;
    this.#draining = this.#draining.filter((one) => one !== slot);
    this.takenBack.push(slot);
    return slot;
  }

  #buy(wanted: Wanted | null): Slot | undefined {
    const able = this.pools.flatMap((pool) => {
      const type = typeFor(pool.types, wanted);
      if (type === undefined && pool.types.length > 0) return [];
      if (wanted !== null && this.#isInVain(pool, wanted)) return [];
      return this.#canAsk(pool, type) ? [{ pool, type }] : [];
    });
    const name = dealToPool(
      this.pools.map(({ policy: { name, share } }) => ({ name, share, instances: this.instancesOf(name) })),
      able.map(({ pool }) => pool.policy.name),
    );
    const dealt = able.find(({ pool }) => pool.policy.name === name);
    return dealt === undefined ? undefined : this.#order(dealt.pool, dealt.type);
  }

  #order(pool: PoolStanding, type: LaunchType | undefined): Slot {
    const { name } = pool.policy;
    const slot = slotOfType(pool, type, 'new', type?.weight ?? 1);
    this.#counts.set(name, this.instancesOf(name) + 1);
    this.#units.set(name, (this.#units.get(name) ?? 0) + slot.weight);
    this.bought.push(slot);
    return slot;
  }

  #canAsk(pool: PoolStanding, type: LaunchType | undefined): boolean {
    const { policy, facts, refuses, types } = pool;
    const units = (this.#units.get(policy.name) ?? 0) + (type?.weight ?? 1);
    if (refuses !== null || this.instances >= this.#maximum) return false;
    if (this.instancesOf(policy.name) >= policy.maximum) return false;
    if (facts.maximumUnits !== null && units > facts.maximumUnits) return false;
    // One of an unknown size tells what the others would be.
    return types.length > 0 || !this.#hasUnknown(policy.name);
  }

  #hasUnknown(pool: string): boolean {
    const isUnknown = (slot: Slot): boolean => slot.pool === pool && slot.size === null;
    return this.coming.some(isUnknown) || this.bought.some(isUnknown) || this.undrawnUnits(pool) > 0;
  }

  /** More of the same would not help: what the pool launched last doesn't carry the task either, whatever its types say. */
  #isInVain(pool: PoolStanding, { group, needs }: Wanted): boolean {
    const newest = this.#newest.get(pool.policy.name);
    return (
      newest !== undefined &&
      !hasRoom({ ...emptyRoom(newest.size), ...attributesOf(newest) }, group, needs, 'fits')
    );
  }
}

const slotOf = (instance: InstanceSnapshot, from: Slot['from'], weight: number): Slot => ({
  from,
  pool: instance.pool,
  instance,
  size: instance.size,
  weight,
});

const slotOfType = (
  pool: PoolStanding,
  type: LaunchType | undefined,
  from: Slot['from'],
  weight: number,
): Slot => ({ from, pool: pool.policy.name, instance: null, size: type?.size ?? null, weight });
