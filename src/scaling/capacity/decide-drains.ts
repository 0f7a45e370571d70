import type { PoolMember } from '../cluster-snapshot.ts';
import type { ScalingAction, ScalingDecision } from '../scaling-decision.ts';
import type { CapacityMemory } from '../scaling-memory.ts';
import type { ClusterStanding } from './classify-cluster.ts';
import { askedMillis } from './classify-instances.ts';
import type { PoolStanding } from './classify-pool.ts';

type Drains = CapacityMemory['drains'];

export interface DrainsDecided {
  readonly decisions: readonly ScalingDecision[];
  readonly actions: readonly ScalingAction[];
  readonly drains: Drains;
  /** What each pool's target is after the terminations. */
  readonly targets: ReadonlyMap<string, number>;
  /** Instances whose drain failed. */
  readonly failed: readonly string[];
}

interface Membership {
  readonly pool: PoolStanding;
  readonly member: PoolMember;
}

const membershipsOf = ({ pools }: ClusterStanding): ReadonlyMap<string, Membership> =>
  new Map(
    pools.flatMap((pool) =>
      pool.facts.members.map((member): [string, Membership] => [member.instanceId, { pool, member }]),
    ),
  );

/** Drains that are still of interest: of those that were asked for, and of those that the leaving document knows to be ours. */
const mergeDrains = (
  known: Drains,
  cluster: ClusterStanding,
  memberships: ReadonlyMap<string, Membership>,
): Drains => {
  const { facts, standings, atMillis } = cluster;
  const ids = new Set([...Object.keys(known), ...[...facts.keys()].filter((id) => facts.get(id)?.isOurs)]);
  const drains: Drains = {};
  for (const id of [...ids].sort()) {
    const asked = known[id];
    const fact = facts.get(id);
    const membership = memberships.get(id);
    // Whoever terminated it has lowered the target or wants it replaced: either way it isn't ours to lower any more.
    if (membership === undefined || membership.member.state === 'ending') continue;
    const standing = standings.get(id);
    const isSeen = fact?.isOurs === true && fact.drainId !== asked?.earlierDrainId;
    if (!isSeen) {
      if (asked !== undefined && standing === 'draining' && atMillis - asked.askedAtMillis < askedMillis)
        drains[id] = asked;
      continue;
    }
    if (fact.state === 'takenBack' || standing === 'serving' || standing === 'leaving') continue;
    const { pool, member } = membership;
    const { weight } = member;
    const { drainId } = fact;
    drains[id] = { pool: pool.policy.name, weight, askedAtMillis: atMillis, ...asked, drainId };
  }
  return drains;
};

/**
 * What becomes of drains that have ended: a drained instance is terminated, one at a time as the pool's target goes; one
 * whose drain failed is made to serve again. Pure.
 */
export const decideDrains = (cluster: ClusterStanding, known: Drains): DrainsDecided => {
  const memberships = membershipsOf(cluster);
  const drains = mergeDrains(known, cluster, memberships);
  const targets = new Map(cluster.pools.map(({ policy, facts }) => [policy.name, facts.targetUnits]));
  const decisions: ScalingDecision[] = [];
  const actions: ScalingAction[] = [];
  const failed: string[] = [];
  for (const [instanceId, drain] of Object.entries(drains)) {
    const fact = cluster.facts.get(instanceId);
    const pool = memberships.get(instanceId)?.pool;
    if (pool === undefined || fact === undefined || fact.drainId === drain.earlierDrainId) continue;
    const subject = `instance/${instanceId}`;
    const { weight, loweredToUnits } = drain;
    const { name } = pool.policy;
    if (fact.state === 'failed') {
      failed.push(instanceId);
      actions.push({ kind: 'cancelDrain', instanceId, drainId: drain.drainId });
      decisions.push({
        subject,
        outcome: 'hold',
        reason: 'drain-failed',
        from: null,
        to: null,
        sentence: `${instanceId} of ${name}: its drain ended with tasks left, so it serves again`,
        figures: { pool: name, drainId: drain.drainId },
      });
    }
    if (fact.state !== 'over') continue;
    const fromUnits = targets.get(name) ?? 0;
    // A termination that stopped half-way may have lowered the target before.
    const isLowered = loweredToUnits !== undefined && fromUnits <= loweredToUnits;
    const toUnits = isLowered ? fromUnits : Math.max(0, fromUnits - weight);
    const least = pool.facts.minimumUnits ?? 0;
    const isHeld = toUnits < least && !isLowered;
    decisions.push({
      subject,
      outcome: isHeld ? 'hold' : 'in',
      reason: isHeld ? 'at-minimum' : 'drained',
      from: fromUnits,
      to: isHeld ? fromUnits : toUnits,
      sentence: isHeld
        ? `${instanceId} is drained, but ${name} itself has a minimum of ${least} units and refuses to fall to ${toUnits}`
        : `${instanceId} is drained: ${name} terminates it, its target falls from ${fromUnits} to ${toUnits}`,
      figures: { pool: name, weight, fromUnits, toUnits, minimumUnits: pool.facts.minimumUnits },
    });
    if (isHeld) continue;
    targets.set(name, toUnits);
    drains[instanceId] = { ...drain, loweredToUnits: toUnits };
    actions.push({ kind: 'terminate', pool: name, instanceId, weight, toUnits });
  }
  return { decisions, actions, drains, targets, failed };
};
