import type { LeavingFact } from '../cluster-snapshot.ts';
import type { InstanceTypePolicy } from '../policy/scaling-policy.ts';
import type { SimulatedPoolSetup, SimulatedServiceSetup } from './simulation.ts';

/** EC2's notice of a spot instance. */
export const noticeSeconds = 120;

export interface SimulatedTask {
  readonly taskArn: string;
  readonly setup: SimulatedServiceSetup;
  /** Null without instances. */
  readonly instance: SimulatedInstance | null;
  state: 'starting' | 'serving' | 'stopping';
  /** When it serves or is gone; a task that serves changes when something tells it to. */
  changesAt: number;
  /** To be replaced: it serves until enough others do, and until `stopsBy` at the longest. */
  isLeaving: boolean;
  stopsBy: number;
}

export interface SimulatedInstance {
  readonly instanceId: string;
  readonly pool: SimulatedPool;
  readonly type: InstanceTypePolicy;
  readonly orderedAt: number;
  readonly readyAt: number;
  state: 'booting' | 'ready' | 'gone';
  /** When EC2 gives notice that it takes it back; infinite for on-demand. */
  noticeAt: number;
  goneAt: number;
  drain: { readonly drainId: string; readonly isOurs: boolean; state: LeavingFact['state'] } | null;
  freeCpu: number;
  freeMemoryMib: number;
  readonly tasks: Set<SimulatedTask>;
  /** By service: when its image is there. */
  readonly images: Map<string, number>;
}

export interface SimulatedPool {
  readonly setup: SimulatedPoolSetup;
  targetUnits: number;
  /** Those that aren't gone. */
  readonly instances: Set<SimulatedInstance>;
  /** Instances that it had in all. */
  launched: number;
  /** Nothing is to be had before. */
  noneUntil: number;
}

export const takesTasks = ({ state, drain }: SimulatedInstance): boolean =>
  state === 'ready' && (drain === null || drain.state === 'takenBack');

/**
 * As ECS's `binpack` on memory: the instance with the least memory left that has room. Undefined when none has.
 */
export const placeTask = (
  { cpu, memoryMib }: SimulatedServiceSetup,
  instances: Iterable<SimulatedInstance>,
): SimulatedInstance | undefined => {
  let best: SimulatedInstance | undefined;
  for (const instance of instances) {
    if (!takesTasks(instance) || instance.freeCpu < cpu || instance.freeMemoryMib < memoryMib) continue;
    if (best === undefined || instance.freeMemoryMib < best.freeMemoryMib) best = instance;
  }
  return best;
};
