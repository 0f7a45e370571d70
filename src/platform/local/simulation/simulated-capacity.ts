import { CapacityRefusedError, CapacityUnavailableError } from '../../../errors.ts';
import type { CapacityPool, LifecycleAction } from '../../ports/capacity-pool.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { CallKind } from './call-faults.ts';
import {
  type InstanceEvent,
  rebalanceRecommendation,
  spotWarning,
  terminateLifecycle,
} from './instance-events.ts';
import type { SimulatedCalls } from './simulated-calls.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** What EC2 says of a spot instance that it takes back. */
export interface Interruption {
  readonly instanceId: string;
  readonly cause: 'spot-terminate' | 'spot-stop' | 'spot-hibernate';
  readonly noticedAtMillis: number;
  readonly deadlineMillis: number;
  readonly event: InstanceEvent;
}

/** From a spot warning to the end of the instance. */
const spotNoticeMillis = 120_000;
/** The longest that heartbeats keep a hook waiting, as Auto Scaling documents it: 48 hours, or 100 of its timeouts. */
const longestHookMillis = 48 * 3_600_000;
const mostHeartbeats = 100;

interface Waiting {
  readonly instance: SimulatedInstance;
  readonly timeoutMillis: number;
  /** Whatever heartbeats come. */
  readonly endsAtMillis: number;
  /** Grows with each heartbeat; a timeout of an earlier one is forgotten. */
  heartbeats: number;
}

/** Auto Scaling's API in front of a simulated cluster, and EC2 behind it: instances that are taken away. */
export class SimulatedCapacity implements CapacityPool {
  readonly #world: SimulatedWorld;
  readonly #calls: SimulatedCalls;
  readonly #time: VirtualTime;
  /** By token. */
  readonly #waiting = new Map<string, Waiting>();
  #events = 0;

  constructor(world: SimulatedWorld, calls: SimulatedCalls, time: VirtualTime) {
    this.#world = world;
    this.#calls = calls;
    this.#time = time;
  }

  completeLifecycleAction(action: LifecycleAction): Promise<'completed' | 'gone'> {
    return this.#call('completeLifecycleAction', () => {
      const waiting = this.#waiting.get(action.lifecycleActionToken);
      if (waiting === undefined) return 'gone';
      this.#waiting.delete(action.lifecycleActionToken);
      this.#world.cutOff(waiting.instance);
      return 'completed';
    });
  }

  recordHeartbeat(action: LifecycleAction): Promise<'recorded' | 'gone'> {
    return this.#call('recordHeartbeat', () => {
      const waiting = this.#waiting.get(action.lifecycleActionToken);
      if (waiting === undefined) return 'gone';
      waiting.heartbeats++;
      this.#timeOut(action.lifecycleActionToken, waiting);
      return 'recorded';
    });
  }

  heartbeatSeconds(action: LifecycleAction): Promise<number | null> {
    return this.#call('heartbeatSeconds', () => {
      const waiting = this.#waiting.get(action.lifecycleActionToken);
      return waiting === undefined ? null : waiting.timeoutMillis / 1000;
    });
  }

  /** Spot instances are taken back: the warnings now, their end 120 s later (hibernation: at once). */
  interrupt(
    instanceIds: readonly string[],
    action: 'terminate' | 'stop' | 'hibernate' = 'terminate',
  ): readonly Interruption[] {
    const now = this.#time.nowMillis();
    const deadlineMillis = action === 'hibernate' ? now : now + spotNoticeMillis;
    return instanceIds.map((instanceId) => {
      const instance = this.#instance(instanceId);
      this.#time.at(deadlineMillis, () => this.#world.cutOff(instance));
      const event = spotWarning(this.nextEvent(), now, instanceId, action);
      return { instanceId, cause: `spot-${action}`, noticedAtMillis: now, deadlineMillis, event };
    });
  }

  /** EC2 expects to take spot instances back: each may be interrupted later, or never. */
  recommend(instanceIds: readonly string[]): readonly InstanceEvent[] {
    const now = this.#time.nowMillis();
    return instanceIds.map((id) =>
      rebalanceRecommendation(this.nextEvent(), now, this.#instance(id).instanceId),
    );
  }

  /** Somebody terminates an instance by EC2's own call, without a word before. */
  end(instanceId: string): void {
    this.#world.cutOff(this.#instance(instanceId));
  }

  /** Events are numbered, whoever sends them. */
  nextEvent(): number {
    return ++this.#events;
  }

  /** Auto Scaling is about to terminate an instance, and waits for its hook until it times out. */
  terminate(
    instanceId: string,
    timeoutSeconds = 3_600,
    autoScalingGroupName = 'workers',
  ): { readonly action: LifecycleAction; readonly event: InstanceEvent } {
    const number = this.nextEvent();
    const action = {
      autoScalingGroupName,
      lifecycleHookName: 'drain',
      lifecycleActionToken: `10000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
      instanceId,
    };
    const waiting = {
      instance: this.#instance(instanceId),
      timeoutMillis: timeoutSeconds * 1000,
      endsAtMillis:
        this.#time.nowMillis() + Math.min(longestHookMillis, timeoutSeconds * 1000 * mostHeartbeats),
      heartbeats: 0,
    };
    this.#waiting.set(action.lifecycleActionToken, waiting);
    this.#timeOut(action.lifecycleActionToken, waiting);
    return { action, event: terminateLifecycle(number, this.#time.nowMillis(), action) };
  }

  #timeOut(token: string, waiting: Waiting): void {
    const { heartbeats, endsAtMillis, timeoutMillis } = waiting;
    this.#time.at(Math.min(endsAtMillis, this.#time.nowMillis() + timeoutMillis), () => {
      const isKept = waiting.heartbeats !== heartbeats && this.#time.nowMillis() < endsAtMillis;
      if (this.#waiting.get(token) !== waiting || isKept) return;
      this.#waiting.delete(token);
      this.#world.cutOff(waiting.instance);
    });
  }

  #instance(instanceId: string): SimulatedInstance {
    const instance = this.#world.state.instancesById.get(instanceId);
    if (instance === undefined) throw new CapacityRefusedError(`there is no instance "${instanceId}"`);
    return instance;
  }

  #call<Value>(call: CallKind, effect: () => Value): Promise<Value> {
    const unavailable = (message: string): Error => new CapacityUnavailableError(message);
    return this.#calls.make({ call, buckets: ['capacity'], effect, unavailable });
  }
}
