import type { VirtualTime } from '../virtual-time.ts';
import { type Span, within } from './chance.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import { type PoolSetup, SimulatedPool } from './simulated-pool.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { SimulationPaces } from './simulation-setup.ts';

/** From a machine's launch until it is up and ECS's agent has registered. */
const usualBootMillis: Span = [60_000, 120_000];
/** Of the time until it registers, an instance is EC2's `pending` for so much; then its pool has it in service. */
const pendingShare = 0.4;

/** Keeps pools at their targets: launches what is missing, and replaces what is taken away. */
export class PoolKeeper {
  /** By kind and id. */
  readonly pools = new Map<string, SimulatedPool>();
  readonly #world: SimulatedWorld;
  readonly #time: VirtualTime;
  readonly #paces: SimulationPaces;
  #orders = 0;
  /** A group terminates an instance by its own choice or because it was told to. */
  onTerminate: (pool: SimulatedPool, instance: SimulatedInstance) => void;

  constructor(world: SimulatedWorld, time: VirtualTime, paces: SimulationPaces) {
    this.#world = world;
    this.#time = time;
    this.#paces = paces;
    this.onTerminate = (_, instance) => world.cutOff(instance);
  }

  /** A pool that has been there for ever. Gives its instances. */
  open(setup: PoolSetup): readonly SimulatedInstance[] {
    const pool = new SimulatedPool(setup);
    this.pools.set(poolKey(setup), pool);
    return Array.from({ length: setup.instances }, () => {
      const instance = this.#world.state.addInstance(setup.size, this.#world.nowMillis());
      pool.add(instance, 'inService');
      return instance;
    });
  }

  poolOf(instance: SimulatedInstance): SimulatedPool | undefined {
    for (const pool of this.pools.values()) if (pool.members.has(instance.instanceId)) return pool;
    return undefined;
  }

  /** Whoever took it away: it is no member any more. */
  gone(instance: SimulatedInstance): void {
    const pool = this.poolOf(instance);
    if (pool === undefined) return;
    pool.members.delete(instance.instanceId);
    this.changed(pool);
  }

  /** Its target or its members are others than before: it looks in a moment. */
  changed(pool: SimulatedPool): void {
    if (pool.isLooking) return;
    pool.isLooking = true;
    this.#after(within(this.#paces.orderMillis, this.#chance('order')), () => this.#look(pool));
  }

  terminate(pool: SimulatedPool, instance: SimulatedInstance): void {
    const member = pool.members.get(instance.instanceId);
    if (member === undefined || member.state === 'ending') return;
    member.state = 'ending';
    if (pool.setup.hookSeconds !== undefined && instance.registeredAtMillis !== null) {
      this.onTerminate(pool, instance);
      return;
    }
    this.#after(within(this.#paces.orderMillis, this.#chance('order')), () => this.#world.cutOff(instance));
  }

  #look(pool: SimulatedPool): void {
    pool.isLooking = false;
    if (!pool.isMaintained) return;
    const missing = Math.ceil((pool.targetUnits - pool.unitsThere) / pool.weight);
    if (missing > 0 && this.#time.nowMillis() < pool.dryUntilMillis) {
      pool.isLooking = true;
      this.#after(this.#paces.dryMillis, () => this.#look(pool));
      return;
    }
    for (let count = 0; count < missing; count++) this.#launch(pool);
    // What a fleet has too much is left alone: targets are lowered with `noTermination`.
    if (pool.isGroup) this.#terminateSurplus(pool, -missing);
  }

  #terminateSurplus(pool: SimulatedPool, surplus: number): void {
    const choice = [...pool.members.values()].filter(
      ({ state, isProtected }) => state !== 'ending' && !isProtected,
    );
    for (const { instance } of choice.slice(0, Math.max(0, surplus))) this.terminate(pool, instance);
  }

  #launch(pool: SimulatedPool): void {
    const instance = this.#world.state.launchInstance(pool.setup.size);
    pool.add(instance, 'starting');
    const bootMillis = within(pool.setup.bootMillis ?? usualBootMillis, this.#chance('boot'));
    this.#after(bootMillis * pendingShare, () => {
      const member = pool.members.get(instance.instanceId);
      if (member?.state === 'starting') member.state = 'inService';
    });
    this.#after(bootMillis, () => this.#world.register(instance));
  }

  #chance(purpose: 'order' | 'boot'): number {
    return this.#world.chance(purpose, ++this.#orders);
  }

  #after(millis: number, action: () => void): void {
    this.#time.at(this.#time.nowMillis() + millis, action);
  }
}

export const poolKey = ({ kind, id }: Pick<PoolSetup, 'kind' | 'id'>): string => `${kind} ${id}`;
