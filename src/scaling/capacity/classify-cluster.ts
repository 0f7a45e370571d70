import type { ClusterSnapshot, InstanceSnapshot, LeavingFact } from '../cluster-snapshot.ts';
import type { CapacityPolicy, PoolPolicy } from '../policy/scaling-policy.ts';
import type { CapacityMemory } from '../scaling-memory.ts';
import { classifyInstances, type Standing } from './classify-instances.ts';
import { classifyPool, type PoolStanding } from './classify-pool.ts';
import { type LaunchType, launchTypes, seenTypes } from './launch-types.ts';

/** The snapshot, sorted by what it means for capacity. */
export interface ClusterStanding {
  readonly atMillis: number;
  /** Those that take tasks, of pools or not; in the order of their ids. */
  readonly serving: readonly InstanceSnapshot[];
  /** Emptied on our behalf; can be taken back. */
  readonly draining: readonly InstanceSnapshot[];
  readonly drained: readonly InstanceSnapshot[];
  readonly failed: readonly InstanceSnapshot[];
  /** Go for reasons of others, or were put aside by others. */
  readonly going: readonly InstanceSnapshot[];
  readonly standings: ReadonlyMap<string, Standing>;
  readonly facts: ReadonlyMap<string, LeavingFact>;
  /** In the policy's order. */
  readonly pools: readonly PoolStanding[];
  /** Of the policy, that nobody could find. */
  readonly absent: readonly PoolPolicy[];
  /** What each pool's registered instances are, the smallest first. */
  readonly seen: ReadonlyMap<string, readonly LaunchType[]>;
}

const byId = (a: InstanceSnapshot, b: InstanceSnapshot): number => (a.instanceId < b.instanceId ? -1 : 1);

/** Pure. */
export const classifyCluster = (
  snapshot: ClusterSnapshot,
  policy: CapacityPolicy,
  memory: CapacityMemory,
): ClusterStanding => {
  const standings = classifyInstances(snapshot, memory);
  const sorted = [...snapshot.instances].sort(byId);
  const of = (...wanted: readonly Standing[]): readonly InstanceSnapshot[] =>
    sorted.filter(({ instanceId }) => wanted.includes(standings.get(instanceId) ?? 'aside'));
  const instances = new Map(sorted.map((instance) => [instance.instanceId, instance]));
  const snapshots = new Map(snapshot.pools.map((pool) => [pool.name, pool]));
  const weights = new Map(
    snapshot.pools.flatMap(({ members }) => members.map(({ instanceId, weight }) => [instanceId, weight])),
  );
  const leaving = new Set(
    snapshot.leaving.flatMap(({ instanceId, isOurs, state }) => {
      const standing = standings.get(instanceId);
      const isGoing = standing === undefined ? !isOurs && state === 'draining' : standing === 'leaving';
      return isGoing ? [instanceId] : [];
    }),
  );
  const { atMillis } = snapshot;
  const { startingSince } = memory;
  const context = { atMillis, bootSeconds: policy.bootSeconds, standings, instances, leaving, startingSince };
  const seen = new Map<string, readonly LaunchType[]>();
  const pools: PoolStanding[] = [];
  const absent: PoolPolicy[] = [];
  for (const pool of policy.pools) {
    const { name } = pool;
    const own = sorted.filter((instance) => instance.pool === name);
    const types = seenTypes(own, weights);
    const facts = snapshots.get(name);
    seen.set(name, types);
    if (facts === undefined) absent.push(pool);
    else {
      const known = launchTypes(pool, types, memory.learnedSizes[name]);
      pools.push(classifyPool(pool, facts, known, memory.owed[name], context));
    }
  }
  return {
    atMillis,
    serving: of('serving'),
    draining: of('draining'),
    drained: of('drained'),
    failed: of('failed'),
    going: of('leaving', 'aside'),
    standings,
    facts: new Map(snapshot.leaving.map((fact) => [fact.instanceId, fact])),
    pools,
    absent,
    seen,
  };
};
