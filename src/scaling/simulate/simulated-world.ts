import type { ScalingAction } from '../scaling-decision.ts';
import { MetricLog } from './metric-log.ts';
import { ServiceTraffic } from './service-traffic.ts';
import { noticeSeconds, type SimulatedInstance } from './simulated-parts.ts';
import { SimulatedPools } from './simulated-pools.ts';
import { SimulatedService } from './simulated-service.ts';
import type { Scaler, SimulationSetup } from './simulation.ts';

export interface WorldService {
  readonly service: SimulatedService;
  readonly traffic: ServiceTraffic;
  readonly log: MetricLog;
}

/** A drain's margin before the instance's end (docs/drain.md). */
const drainMarginSeconds = 5;

/** Services, and the instances that carry them. */
export class SimulatedWorld {
  readonly setup: SimulationSetup;
  readonly services: readonly WorldService[];
  readonly pools: SimulatedPools | null;
  readonly #byName: ReadonlyMap<string, WorldService>;
  /** Whether anything happened that the schedulers have to look at. */
  #isStirred = true;

  constructor(setup: SimulationSetup, metrics: Scaler['metrics']) {
    this.setup = setup;
    this.pools = setup.capacity === null ? null : new SimulatedPools(setup.capacity, setup.seed);
    this.services = setup.services.map((one) => {
      const traffic = new ServiceTraffic(one);
      const log = new MetricLog(setup, metrics[one.service] ?? [], traffic.sums);
      return { service: new SimulatedService(one), traffic, log };
    });
    this.#byName = new Map(this.services.map((one) => [one.service.setup.service, one]));
    for (const { service } of this.services) service.seed(this.pools);
  }

  /** Time's part of a second, before anybody decides. */
  advance(second: number): void {
    const changed = this.pools?.advance(second, {
      notice: (instance) => this.#leave(instance, second),
      gone: (instance) => {
        for (const task of [...instance.tasks]) this.#byName.get(task.setup.service)?.service.remove(task);
      },
    });
    if (changed === true) this.#isStirred = true;
    for (const { service } of this.services) if (service.advance(second)) this.#isStirred = true;
  }

  /** ECS's part: tasks are placed and stopped. */
  schedule(second: number): void {
    if (!this.#isStirred) return;
    this.#isStirred = false;
    for (const { service } of this.services) service.schedule(second, this.pools);
    for (const { drain, tasks } of this.pools ?? [])
      if (drain?.state === 'draining' && tasks.size === 0) drain.state = 'over';
  }

  /** Returns whether it changed anything. */
  carryOut(action: ScalingAction, second: number): boolean {
    this.#isStirred = true;
    switch (action.kind) {
      case 'setService': {
        const service = this.#byName.get(action.service)?.service;
        if (service === undefined || service.desired === action.to) return false;
        service.desired = action.to;
        return true;
      }
      case 'setPool':
        return this.#setTarget(action.pool, action.toUnits, second);
      case 'beginDrain': {
        const instance = this.#instance(action.instanceId);
        if (instance === undefined || (instance.drain !== null && instance.drain.state !== 'takenBack'))
          return false;
        this.pools?.beginDrain(instance);
        this.#leave(instance, Number.POSITIVE_INFINITY);
        return true;
      }
      case 'cancelDrain': {
        const instance = this.#instance(action.instanceId);
        if (instance?.drain?.isOurs !== true) return false;
        instance.drain.state = 'takenBack';
        for (const task of instance.tasks) {
          task.isLeaving = false;
          task.stopsBy = Number.POSITIVE_INFINITY;
        }
        return true;
      }
      case 'terminate': {
        const instance = this.#instance(action.instanceId);
        if (instance === undefined) return false;
        for (const task of [...instance.tasks]) this.#byName.get(task.setup.service)?.service.remove(task);
        this.pools?.remove(instance);
        this.#setTarget(action.pool, action.toUnits, second);
        return true;
      }
    }
  }

  /** Its tasks are replaced; of an instance with a notice, those that can't be stop in time. */
  #leave(instance: SimulatedInstance, noticedAt: number): void {
    for (const task of instance.tasks) {
      const { stopSeconds, service } = task.setup;
      const stopsBy = noticedAt + Math.max(0, noticeSeconds - stopSeconds - drainMarginSeconds);
      this.#byName.get(service)?.service.leave(task, stopsBy);
    }
  }

  #setTarget(name: string, units: number, second: number): boolean {
    const pool = this.pools?.pools.find(({ setup }) => setup.name === name);
    if (pool === undefined || pool.targetUnits === units) return false;
    pool.targetUnits = units;
    this.pools?.fill(second);
    return true;
  }

  #instance(instanceId: string): SimulatedInstance | undefined {
    for (const instance of this.pools ?? []) if (instance.instanceId === instanceId) return instance;
    return undefined;
  }
}
