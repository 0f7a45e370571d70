import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import type { ScalingPolicy } from '../policy/scaling-policy.ts';
import type { ScalingMemory } from '../scaling-memory.ts';
import { candidatesOf } from './decide-scale-in.ts';
import { viewCapacity } from './view-capacity.ts';

/**
 * Instances that may turn out to be unneeded, by their container instance ARNs: their tasks are to be read (`tasks`) before
 * `decideTick`. Three times as many at most as may be drained at once; none when a scale-out signal is there. Pure.
 */
export const planCandidates = (
  snapshot: ClusterSnapshot,
  { capacity }: ScalingPolicy,
  memory: ScalingMemory,
): readonly string[] => {
  if (capacity === null || capacity.scaleIn === null) return [];
  const view = viewCapacity(snapshot, capacity, memory.capacity, memory.services);
  const candidates = candidatesOf(view, capacity, capacity.scaleIn, memory.capacity);
  return (candidates ?? []).map(({ instance }) => instance.containerInstanceArn);
};
