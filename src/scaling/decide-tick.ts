import { decideCapacity } from './capacity/decide-capacity.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import type { ScalingPolicy } from './policy/scaling-policy.ts';
import type { Decided } from './scaling-decision.ts';
import type { ScalingMemory } from './scaling-memory.ts';
import { decideServices } from './services/decide-services.ts';

/**
 * Everything that one tick decides: services first, because what they want and don't have is what instances are for. Pure.
 * Actions on one pool are absolute and stand on each other, so they are to be carried out in their order.
 */
export const decideTick = (
  snapshot: ClusterSnapshot,
  policy: ScalingPolicy,
  memory: ScalingMemory,
): Decided<ScalingMemory> => {
  const services = decideServices(snapshot, policy, memory.services);
  const capacity =
    policy.capacity === null
      ? { decisions: [], actions: [], memory: memory.capacity }
      : decideCapacity(snapshot, policy.capacity, memory.capacity, services.memory);
  return {
    decisions: [...services.decisions, ...capacity.decisions],
    actions: [...services.actions, ...capacity.actions],
    memory: {
      ...memory,
      tickedAtMillis: snapshot.atMillis,
      services: services.memory,
      capacity: capacity.memory,
    },
  };
};
