import type { ClusterSnapshot, InstanceSnapshot, LeavingFact } from '../cluster-snapshot.ts';
import type { CapacityMemory } from '../scaling-memory.ts';

/**
 * - `serving`: takes tasks, and stays.
 * - `returning`: its drain was taken back; it isn't ACTIVE again yet.
 * - `draining`: emptied because it isn't needed here; can be taken back.
 * - `drained`: empty, to be terminated.
 * - `failed`: its drain ended with tasks left.
 * - `leaving`: goes for reasons of others.
 * - `registering`: ECS doesn't place on it yet.
 * - `aside`: kept from taking tasks by others; stays.
 */
export type Standing =
  | 'serving'
  | 'returning'
  | 'draining'
  | 'drained'
  | 'failed'
  | 'leaving'
  | 'registering'
  | 'aside';

/** A drain that was asked for shows in the leaving document at once; one that doesn't by then was never begun. */
export const askedMillis = 120_000;

const standingOf = (
  instance: InstanceSnapshot,
  fact: LeavingFact | undefined,
  isAsked: boolean,
): Standing => {
  const { status } = instance;
  if (fact === undefined) {
    if (isAsked) return 'draining';
    return status === 'ACTIVE' ? 'serving' : status === 'OTHER' ? 'registering' : 'aside';
  }
  if (fact.state === 'draining') return fact.isOurs ? 'draining' : 'leaving';
  // Whoever made it ACTIVE after its drain wants it back.
  if (status === 'ACTIVE') return 'serving';
  if (fact.state === 'takenBack') return 'returning';
  if (!fact.isOurs) return 'leaving';
  return fact.state === 'over' ? 'drained' : 'failed';
};

/** By instance id. Pure. */
export const classifyInstances = (
  { instances, pools, leaving, atMillis }: ClusterSnapshot,
  { drains }: CapacityMemory,
): ReadonlyMap<string, Standing> => {
  const facts = new Map(leaving.map((fact) => [fact.instanceId, fact]));
  const members = pools.flatMap((pool) => pool.members);
  const ending = new Set(
    members.flatMap(({ instanceId, state }) => (state === 'ending' ? [instanceId] : [])),
  );
  return new Map(
    instances.map((instance) => {
      const { instanceId } = instance;
      if (ending.has(instanceId)) return [instanceId, 'leaving'];
      const asked = drains[instanceId];
      const fact = facts.get(instanceId);
      const isPending = asked !== undefined && asked.askedAtMillis > atMillis - askedMillis;
      // The entry of an earlier drain of the same instance says nothing of the one that was just asked for.
      const isOld = fact !== undefined && fact.drainId === asked?.earlierDrainId;
      return [instanceId, standingOf(instance, isPending && isOld ? undefined : fact, isPending)];
    }),
  );
};
