import { leavingDocument, leavingKey } from '../../drain/leaving/leaving-document.ts';
import { readJson } from '../../store/stored-json.ts';
import type { InstanceSnapshot, LeavingFact, PoolSnapshot } from '../cluster-snapshot.ts';
import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { ScalingMemory } from '../scaling-memory.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { describeInstances } from './describe-instances.ts';
import { findLeaving } from './find-leaving.ts';
import { readInstances } from './read-instances.ts';
import { readPools } from './read-pools.ts';

export interface CapacityRead {
  readonly instances: readonly InstanceSnapshot[];
  readonly pools: readonly PoolSnapshot[];
  readonly leaving: readonly LeavingFact[];
  /** Pools that aren't there: the others are decided about. */
  readonly failures: readonly string[];
}

/** Instances, pools and drains, each whole. Throws what its calls and the store throw. */
export const readCapacity = async (
  ports: ScalingPorts,
  cluster: string,
  policy: CapacityPolicy,
  memory: ScalingMemory,
): Promise<CapacityRead> => {
  // Pools after instances: an instance that registers in between is a member of its pool for certain.
  const instances = await readInstances(ports, cluster);
  const [{ pools, missing }, leaving] = await Promise.all([
    readPools(ports, policy.pools),
    readJson(ports.store, leavingKey(cluster), leavingDocument),
  ]);
  const described = describeInstances(instances, pools, policy);
  return {
    instances: described,
    pools,
    leaving: findLeaving(leaving?.value, described, memory.capacity.drains),
    failures: missing.map(({ name, kind, id }) => `pool ${name}: there is no ${kind} ${id}`),
  };
};
