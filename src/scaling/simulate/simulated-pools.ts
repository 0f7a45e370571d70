import { type Random, seededRandom } from '../../plan/random.ts';
import { noticeSeconds, type SimulatedInstance, type SimulatedPool } from './simulated-parts.ts';
import type { SimulatedCapacitySetup, SimulatedPoolSetup } from './simulation.ts';

const never = Number.POSITIVE_INFINITY;

const unitsOf = ({ instances }: SimulatedPool): number => {
  let units = 0;
  for (const { type } of instances) units += type.weight;
  return units;
};

/** What launches instances and takes them away. */
export class SimulatedPools {
  readonly pools: readonly SimulatedPool[];
  interruptions = 0;
  readonly #setup: SimulatedCapacitySetup;
  readonly #random: (pool: number, instance: number) => Random;
  readonly #storms: (pool: number) => Random;
  #nextChange = 0;
  #drains = 0;

  constructor(setup: SimulatedCapacitySetup, seed: number) {
    this.#setup = setup;
    // By the instance's number in its pool, so that scalers that order at different times meet the same luck.
    this.#random = (pool, instance) => seededRandom(seed, 1, pool, instance);
    this.#storms = (pool) => seededRandom(seed, 2, pool);
    this.pools = setup.pools.map((pool) => ({
      setup: pool,
      targetUnits: pool.initialInstances * pool.instanceTypes[0].weight,
      instances: new Set(),
      launched: 0,
      noneUntil: 0,
    }));
    for (const [index, pool] of this.pools.entries())
      for (let count = 0; count < pool.setup.initialInstances; count++) this.#launch(index, pool, 0, true);
  }

  *[Symbol.iterator](): Generator<SimulatedInstance> {
    for (const { instances } of this.pools) yield* instances;
  }

  /** Boots, takes back and replaces what is due. `onNotice` and `onGone` hear of each instance that goes. */
  advance(
    second: number,
    on: { notice(instance: SimulatedInstance): void; gone(instance: SimulatedInstance): void },
  ): boolean {
    const isStorm = this.pools.some(({ setup }) => setup.storms?.some(({ atSecond }) => atSecond === second));
    if (second < this.#nextChange && !isStorm) return false;
    let changed = isStorm;
    for (const [index, pool] of this.pools.entries()) {
      this.#storm(index, pool, second);
      for (const instance of [...pool.instances]) {
        if (instance.state === 'booting' && second >= instance.readyAt) {
          instance.state = 'ready';
          changed = true;
        }
        if (second >= instance.noticeAt && instance.goneAt === never) {
          instance.goneAt = second + noticeSeconds;
          instance.drain = this.#drain(instance, false);
          this.interruptions++;
          on.notice(instance);
          changed = true;
        }
        if (second >= instance.goneAt) {
          on.gone(instance);
          this.remove(instance);
          changed = true;
        }
      }
    }
    this.fill(second);
    return changed;
  }

  /** Launches what the pools' targets ask for: at once after a target was raised. */
  fill(second: number): void {
    this.#nextChange = never;
    for (const [index, pool] of this.pools.entries()) {
      let units = unitsOf(pool);
      if (units < pool.targetUnits && second < pool.noneUntil)
        this.#nextChange = Math.min(this.#nextChange, pool.noneUntil);
      while (units < pool.targetUnits && second >= pool.noneUntil)
        units += this.#launch(index, pool, second, false).type.weight;
      for (const { state, readyAt, noticeAt, goneAt } of pool.instances) {
        const next = Math.min(state === 'booting' ? readyAt : never, goneAt === never ? noticeAt : goneAt);
        this.#nextChange = Math.min(this.#nextChange, next);
      }
    }
  }

  beginDrain(instance: SimulatedInstance): void {
    instance.drain = this.#drain(instance, true);
  }

  remove(instance: SimulatedInstance): void {
    instance.state = 'gone';
    instance.pool.instances.delete(instance);
  }

  #drain({ instanceId }: SimulatedInstance, isOurs: boolean): SimulatedInstance['drain'] {
    return { drainId: `${instanceId}-${(this.#drains++).toString(36)}`, isOurs, state: 'draining' };
  }

  #launch(index: number, pool: SimulatedPool, second: number, isReady: boolean): SimulatedInstance {
    const { setup } = pool;
    const type = setup.instanceTypes[0];
    const random = this.#random(index, pool.launched++);
    const [least, most] = this.#setup.bootSeconds;
    const bootSeconds = Math.round(least + random() * (most - least));
    const lifetime = lifetimeSeconds(setup, random());
    const instance: SimulatedInstance = {
      instanceId: `i-${(index * 0x100_0000 + pool.launched).toString(16).padStart(17, '0')}`,
      pool,
      type,
      orderedAt: second,
      readyAt: isReady ? second : second + bootSeconds,
      state: isReady ? 'ready' : 'booting',
      noticeAt: second + lifetime,
      goneAt: never,
      drain: null,
      freeCpu: type.cpu,
      freeMemoryMib: type.memoryMib,
      tasks: new Set(),
      images: new Map(),
    };
    pool.instances.add(instance);
    return instance;
  }

  #storm(index: number, pool: SimulatedPool, second: number): void {
    const storm = pool.setup.storms?.find(({ atSecond }) => atSecond === second);
    if (storm === undefined) return;
    const random = this.#storms(index);
    const drawn = [...pool.instances]
      .filter(({ goneAt }) => goneAt === never)
      .map((instance) => ({ instance, draw: random() }))
      .sort((one, other) => one.draw - other.draw);
    for (const { instance } of drawn.slice(0, Math.ceil(drawn.length * storm.share)))
      instance.noticeAt = second;
    pool.noneUntil = Math.max(pool.noneUntil, second + storm.noneForSeconds);
  }
}

/** Interruptions are a Poisson process: the time to the first is exponential. */
const lifetimeSeconds = ({ interruptionsPerHour }: SimulatedPoolSetup, uniform: number): number =>
  interruptionsPerHour === 0 ? never : Math.ceil((-Math.log(1 - uniform) / interruptionsPerHour) * 3600);
