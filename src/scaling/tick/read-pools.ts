import { eachOf, inBatches, pacedCall } from '../../calls/paced-call.ts';
import { CapacityUnavailableError } from '../../errors.ts';
import type { CallBucket } from '../../platform/ports/call-pace.ts';
import type { PoolFacts, PoolKind, PoolMemberFacts } from '../../platform/ports/instance-pools.ts';
import type { PoolSnapshot } from '../cluster-snapshot.ts';
import type { PoolPolicy } from '../policy/scaling-policy.ts';
import type { ScalingPorts } from '../scaling-ports.ts';

const describedAtOnce = 100;
const atOnce = 8;
const mostPages = 100;

export interface PoolsRead {
  readonly pools: readonly PoolSnapshot[];
  /** Of the policy, but not there. */
  readonly missing: readonly PoolPolicy[];
}

export const bucketOfReading = (kind: PoolKind): CallBucket =>
  kind === 'autoScalingGroup' ? 'capacity' : 'fleetRead';

export const bucketOfChanging = (kind: PoolKind): CallBucket =>
  kind === 'autoScalingGroup' ? 'capacity' : 'fleetModify';

/** The pools of a policy with their members. Throws what its calls throw: without one of them, too much would be bought. */
export const readPools = async (ports: ScalingPorts, policies: readonly PoolPolicy[]): Promise<PoolsRead> => {
  const kinds = [...new Set(policies.map(({ kind }) => kind))];
  const batches = kinds.flatMap((kind) => {
    const ids = [...new Set(policies.filter((pool) => pool.kind === kind).map(({ id }) => id))];
    return inBatches(ids, describedAtOnce).map((batch) => ({ kind, batch }));
  });
  const found = new Map<string, PoolFacts>();
  await eachOf(batches, atOnce, async ({ kind, batch }) => {
    const facts = await pacedCall(ports, bucketOfReading(kind), () => ports.pools.describePools(kind, batch));
    for (const one of facts) found.set(`${kind} ${one.id}`, one);
  });
  const pools: PoolSnapshot[] = [];
  const missing: PoolPolicy[] = [];
  await eachOf(policies, atOnce, async (policy) => {
    const facts = found.get(`${policy.kind} ${policy.id}`);
    if (facts === undefined) {
      missing.push(policy);
      return;
    }
    const members = facts.members ?? (await listMembers(ports, policy));
    pools.push({
      name: policy.name,
      targetUnits: facts.targetUnits,
      minimumUnits: facts.minimumUnits,
      maximumUnits: facts.maximumUnits,
      isMaintained: facts.isMaintained,
      members: members.map(({ purchase, ...member }) => ({
        ...member,
        weight: weightOf(facts, policy, member.type),
        isProtected: member.isProtected || (purchase !== undefined && purchase === facts.keeps),
      })),
    });
  });
  const order = new Map(policies.map(({ name }, place) => [name, place]));
  pools.sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  return { pools, missing };
};

const listMembers = async (
  ports: ScalingPorts,
  { kind, id }: PoolPolicy,
): Promise<readonly PoolMemberFacts[]> => {
  if (kind === 'autoScalingGroup') return [];
  const members: PoolMemberFacts[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const got = await pacedCall(ports, 'fleetRead', () => ports.pools.listMembers(kind, id, next));
    members.push(...got.members);
    next = got.next;
    if (next === undefined) return members;
  }
  throw new CapacityUnavailableError(`the members of ${kind} ${id} had no end after ${mostPages} pages`);
};

/** What the pool itself counts with comes first. */
const weightOf = (facts: PoolFacts, policy: PoolPolicy, type: string): number =>
  facts.weights[type] ?? policy.instanceTypes.find((one) => one.type === type)?.weight ?? 1;
