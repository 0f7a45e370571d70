import type { InstanceSnapshot, ServiceSnapshot } from '../cluster-snapshot.ts';
import type { CapacityPolicy, CapacityScaleIn } from '../policy/scaling-policy.ts';
import type { ClusterStanding } from './classify-cluster.ts';
import { averageTasks, decideFit, type Fit } from './decide-fit.ts';
import { unreadConstraint } from './decide-suits.ts';
import { type Candidate, leavingUnits, staysBelow } from './order-candidates.ts';
import type { TaskDemand } from './pack-tasks.ts';
import { add, reservedOn, sizeOf } from './reservation.ts';

export interface Unneeded {
  /** In the order in which they would go; each without those before it. */
  readonly chosen: readonly Candidate[];
  /** By instance id: why it can't go, in words. `isItsOwn`: its own tasks forbid it, whatever the others have room for. */
  readonly kept: ReadonlyMap<string, { readonly why: string; readonly isItsOwn: boolean }>;
}

export interface UnneededQuestion {
  readonly cluster: ClusterStanding;
  readonly policy: CapacityPolicy;
  readonly scaleIn: CapacityScaleIn;
  readonly candidates: readonly Candidate[];
  readonly services: readonly ServiceSnapshot[];
  /** All that waits for room, however short. */
  readonly waiting: readonly TaskDemand[];
  readonly headroom: readonly TaskDemand[];
  /** Of all pools together. */
  readonly minimum: number;
}

const whyItsOwn = (
  instance: InstanceSnapshot,
  services: ReadonlyMap<string, ServiceSnapshot>,
): string | undefined => {
  const { tasks = [], runningTasks, pendingTasks } = instance;
  if (tasks.length < runningTasks + pendingTasks) return 'not all of its tasks could be read';
  const moved = tasks.filter(({ isDaemon }) => !isDaemon);
  const alone = moved.find(({ service }) => service === null);
  if (alone !== undefined) return `a task of no service runs on it (${alone.group})`;
  const shielded = moved.find(({ isProtected }) => isProtected);
  if (shielded !== undefined) return `a task of ${shielded.service} is protected`;
  for (const { constraints, isDistinct, service } of moved) {
    const unread = unreadConstraint(constraints);
    if (unread !== undefined) return `where ${service} may go can't be read: ${unread.slice(0, 100)}`;
    if (isDistinct && !services.has(service ?? '')) return `where else ${service} runs isn't known`;
  }
  return undefined;
};

/**
 * Which candidates the cluster can do without: their tasks fit on those that stay, together with the tasks of those that go
 * before them and of whatever leaves anyway, and after that no signal would ask for more. Pure.
 */
export const decideUnneeded = (question: UnneededQuestion): Unneeded => {
  const { cluster, policy, scaleIn, candidates, waiting, headroom, minimum } = question;
  const services = new Map(question.services.map((service) => [service.service, service]));
  const staying = cluster.serving.filter(({ isAgentConnected }) => isAgentConnected);
  const chosen: Candidate[] = [];
  const kept = new Map<string, { readonly why: string; readonly isItsOwn: boolean }>();

  const leaving = [...cluster.draining, ...cluster.going, ...cluster.failed];
  const first = [...waiting, ...leaving.flatMap(averageTasks)];
  const fitWithout = (gone: readonly InstanceSnapshot[]): Fit =>
    decideFit({ staying, gone, first, services, headroom });
  if (fitWithout([]) === 'tasks') return { chosen, kept };

  const reserved = waiting.reduce(
    (sum, { needs, count }) => add(sum, needs, count),
    reservedOn([...cluster.serving, ...leaving]),
  );
  const units = leavingUnits(cluster);
  const pooled = cluster.pools.reduce((sum, pool) => sum + pool.serving.length, 0);
  let size = sizeOf(cluster.serving);

  const whyNot = ({ instance, pool, weight }: Candidate): string | undefined => {
    const before = chosen.filter((one) => one.pool === pool);
    const goneUnits = before.reduce((sum, one) => sum + one.weight, units.get(pool.policy.name) ?? 0);
    if (pooled - chosen.length <= minimum) return `the cluster has its minimum of ${minimum}`;
    if (pool.serving.length - before.length <= pool.policy.minimum)
      return `${pool.policy.name} has its minimum of ${pool.policy.minimum}`;
    if (pool.facts.targetUnits - goneUnits - weight < (pool.facts.minimumUnits ?? 0))
      return `${pool.policy.name} itself has a minimum of ${pool.facts.minimumUnits}`;
    if (!staysBelow(reserved, add(size, instance.size, -1), policy, scaleIn))
      return 'reservation would come too near to its threshold';
    return undefined;
  };

  for (const candidate of candidates) {
    const { instance } = candidate;
    const own = whyItsOwn(instance, services);
    const why = own ?? whyNot(candidate);
    const gone = [...chosen.map((one) => one.instance), instance];
    const fits = why === undefined ? fitWithout(gone) : undefined;
    if (fits === 'fits') {
      size = add(size, instance.size, -1);
      chosen.push(candidate);
      continue;
    }
    const words = fits === 'headroom' ? 'headroom would be missing' : 'its tasks fit nowhere else';
    // What doesn't fit when nothing else goes won't fit at the next tick either.
    const isItsOwn = own !== undefined || (fits === 'tasks' && chosen.length === 0);
    kept.set(instance.instanceId, { why: why ?? words, isItsOwn });
  }
  return { chosen, kept };
};
