import type { InstanceSnapshot } from '../cluster-snapshot.ts';
import type { CapacityPolicy, CapacityScaleIn } from '../policy/scaling-policy.ts';
import type { CapacityMemory } from '../scaling-memory.ts';
import type { ClusterStanding } from './classify-cluster.ts';
import type { PoolStanding } from './classify-pool.ts';
import { dealFromPool } from './deal-to-pool.ts';
import { compareText, dominantShare } from './pack-tasks.ts';
import { type Amounts, add, isMissing, missingCapacity, reservedOn } from './reservation.ts';

/** An instance that may turn out to be unneeded, once its tasks are read. */
export interface Candidate {
  readonly instance: InstanceSnapshot;
  readonly pool: PoolStanding;
  readonly weight: number;
}

/** So many times what may be drained at once is looked at. */
const lookedAt = 3;

/** Whether what is reserved leaves the scale-out threshold at a distance. */
export const staysBelow = (
  reserved: Amounts,
  size: Amounts,
  { reservation }: CapacityPolicy,
  { marginPercent }: CapacityScaleIn,
): boolean => {
  const lowered = (percent: number | null): number | null =>
    percent === null ? null : (percent * (100 - marginPercent)) / 100;
  const { cpuPercent, memoryPercent } = reservation;
  return !isMissing(
    missingCapacity(reserved, size, {
      cpuPercent: lowered(cpuPercent),
      memoryPercent: lowered(memoryPercent),
    }),
  );
};

/** How many a pool could give without falling below its minimum, or the pool's own. */
const spareOf = (pool: PoolStanding, leavingUnits: number): number => {
  const { facts, policy, serving } = pool;
  const units = facts.targetUnits - leavingUnits - (facts.minimumUnits ?? 0);
  const weight = pool.types[0]?.weight ?? 1;
  return Math.min(serving.length - policy.minimum, Math.floor(units / weight));
};

/** What each pool's own drains will take from its target. */
export const leavingUnits = ({ pools, draining, drained }: ClusterStanding): ReadonlyMap<string, number> => {
  const going = new Set([...draining, ...drained].map(({ instanceId }) => instanceId));
  return new Map(
    pools.map(({ policy: { name }, facts }) => [
      name,
      facts.members.reduce(
        (sum, one) => (going.has(one.instanceId) && one.state !== 'ending' ? sum + one.weight : sum),
        0,
      ),
    ]),
  );
};

/**
 * Which instances to look at, in the order in which they would go: from the pool that is furthest above its share; there,
 * those that were unneeded before, and then those that carry least. Pure.
 * @param minimum Of all pools together.
 */
export const orderCandidates = (
  cluster: ClusterStanding,
  policy: CapacityPolicy,
  scaleIn: CapacityScaleIn,
  memory: CapacityMemory,
  minimum: number,
): readonly Candidate[] => {
  const { serving, draining, drained, failed, going, atMillis } = cluster;
  if (cluster.pools.reduce((sum, pool) => sum + pool.serving.length, 0) <= minimum) return [];
  const reserved = reservedOn([...serving, ...draining, ...drained, ...failed, ...going]);
  const size = serving.reduce<Amounts>((sum, one) => add(sum, one.size), { cpu: 0, memoryMib: 0 });
  const free = serving.reduce<Amounts>((sum, one) => (one.isAgentConnected ? add(sum, one.free) : sum), {
    cpu: 0,
    memoryMib: 0,
  });
  const mayGo = (instance: InstanceSnapshot): boolean => {
    if (!instance.isAgentConnected || (memory.passedOverUntil[instance.instanceId] ?? 0) > atMillis)
      return false;
    if (!staysBelow(reserved, add(size, instance.size, -1), policy, scaleIn)) return false;
    // Together, the others must have room for half of what it carries: the other half may be of daemons, which go with it.
    const others = add(free, instance.free, -1);
    const carried = reservedOn([instance]);
    return carried.cpu <= 2 * others.cpu && carried.memoryMib <= 2 * others.memoryMib;
  };
  const units = leavingUnits(cluster);
  const queues = new Map<string, Candidate[]>();
  for (const pool of cluster.pools) {
    const { name } = pool.policy;
    if (pool.refuses === 'ending' || spareOf(pool, units.get(name) ?? 0) < 1) continue;
    const members = new Map(pool.facts.members.map((member) => [member.instanceId, member]));
    const queue = pool.serving.flatMap((instance): Candidate[] => {
      const member = members.get(instance.instanceId);
      if (member === undefined || member.isProtected || member.state !== 'inService') return [];
      return mayGo(instance) ? [{ instance, pool, weight: member.weight }] : [];
    });
    queues.set(name, queue.sort(byNeed(memory.unneededSince)));
  }
  const left = new Map(cluster.pools.map((pool) => [pool.policy.name, pool.serving.length]));
  const ordered: Candidate[] = [];
  while (ordered.length < scaleIn.mostAtOnce * lookedAt) {
    const shares = cluster.pools.map(({ policy: { name, share } }) => ({
      name,
      share,
      instances: left.get(name) ?? 0,
    }));
    const able = [...queues].flatMap(([name, queue]) => (queue.length > 0 ? [name] : []));
    const name = dealFromPool(shares, able);
    const next = queues.get(name ?? '')?.shift();
    if (name === undefined || next === undefined) break;
    left.set(name, (left.get(name) ?? 0) - 1);
    ordered.push(next);
  }
  return ordered;
};

const byNeed =
  (since: CapacityMemory['unneededSince']) =>
  (a: Candidate, b: Candidate): number => {
    const never = Number.POSITIVE_INFINITY;
    const [aSince, bSince] = [since[a.instance.instanceId] ?? never, since[b.instance.instanceId] ?? never];
    if (aSince !== bSince) return aSince - bSince;
    return reservedShare(a) - reservedShare(b) || compareText(a.instance.instanceId, b.instance.instanceId);
  };

const reservedShare = ({ instance }: Candidate): number =>
  dominantShare({ ...reservedOn([instance]), gpus: instance.size.gpus - instance.free.gpus }, instance.size);
