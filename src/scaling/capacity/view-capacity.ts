import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import { floorAt } from '../policy/floor-at.ts';
import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { CapacityMemory, ScalingMemory } from '../scaling-memory.ts';
import { type ClusterStanding, classifyCluster } from './classify-cluster.ts';
import { decideUnplaced, type Unplaced } from './decide-unplaced.ts';
import { type CapacityPlan, planCapacity } from './plan-capacity.ts';

/** What is decided from: the same for decisions, and for choosing what to read for them. */
export interface CapacityView {
  readonly cluster: ClusterStanding;
  readonly unplaced: Unplaced;
  readonly plan: CapacityPlan;
  /** Minimum that holds for now; 0 for none. */
  readonly floor: number;
}

export const viewCapacity = (
  snapshot: ClusterSnapshot,
  policy: CapacityPolicy,
  memory: CapacityMemory,
  services: ScalingMemory['services'],
): CapacityView => {
  const cluster = classifyCluster(snapshot, policy, memory);
  const unplaced = decideUnplaced(snapshot, policy, services);
  const floor = floorAt(policy.floors, snapshot.atMillis);
  return { cluster, unplaced, floor, plan: planCapacity(cluster, policy, unplaced.demands, floor) };
};
