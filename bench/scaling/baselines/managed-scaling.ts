import type { ClusterSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import type { BenchWorld } from '../bench-world.ts';
import { activeOf, dealInstances, poolActions, poolsOf, targetsOf, terminate } from './deal-instances.ts';
import { packPending } from './pack-pending.ts';

/** Datapoints of a minute each, as the alarms of a capacity provider have them. */
const inDatapoints = 15;

/**
 * Capacity providers with managed scaling at a target of 100 %, ticked each minute: M instances that have tasks or would get
 * those that wait, N that there are; M above N is scaled out to M at the next minute's alarm, by any number (steps of 1 to
 * 10,000); M below N for 15 minutes is scaled in to M, and only instances without tasks go (managed termination protection).
 * An instance counts as capacity while it warms up. M is dealt to the providers by their weights, and one that gets no
 * instances isn't replaced by another: tasks belong to a provider.
 * Source: https://aws.amazon.com/blogs/containers/deep-dive-on-amazon-ecs-cluster-auto-scaling/ and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
 */
export const createManagedScaling = ({
  policy,
  setup,
}: BenchWorld): ((snapshot: ClusterSnapshot) => readonly ScalingAction[]) => {
  const pools = poolsOf(policy);
  const type = setup.capacity?.pools[0]?.instanceTypes[0];
  /** M and N of the last minutes. */
  const points: { readonly needed: number; readonly there: number }[] = [];
  return (snapshot) => {
    if (type === undefined) return [];
    const targets = targetsOf(snapshot);
    const active = activeOf(snapshot);
    const busy = active.filter(({ runningTasks, pendingTasks }) => runningTasks + pendingTasks > 0);
    const leaving = snapshot.instances.length - active.length;
    const there = [...targets.values()].reduce((sum, units) => sum + units, 0);
    const seen = points.at(-1);
    points.push({ needed: busy.length + packPending(snapshot, [], type) + leaving, there });
    if (points.length > inDatapoints) points.shift();
    if (seen !== undefined && seen.needed > there)
      return poolActions(targets, dealInstances(seen.needed - there, pools, targets));
    if (points.length < inDatapoints || points.some(({ needed, there: had }) => needed >= had)) return [];
    const surplus = there - (points.at(-1)?.needed ?? there);
    const empty = active.filter((instance) => !busy.includes(instance));
    points.length = 0;
    return terminate(empty.slice(0, Math.max(0, surplus)), targets);
  };
};
