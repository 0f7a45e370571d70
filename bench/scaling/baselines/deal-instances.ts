import type { ClusterSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { PoolPolicy, ScalingPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';

/** What each pool is to have, by name. Instances of the bench weigh one unit each. */
export type PoolTargets = Map<string, number>;

export const targetsOf = ({ pools }: ClusterSnapshot): PoolTargets =>
  new Map(pools.map(({ name, targetUnits }) => [name, targetUnits]));

export const poolsOf = ({ capacity }: ScalingPolicy): readonly PoolPolicy[] => capacity?.pools ?? [];

/** Adds so many instances, each where the share is furthest from being met and there may be more. */
export const dealInstances = (
  count: number,
  pools: readonly PoolPolicy[],
  targets: PoolTargets,
): PoolTargets => {
  const dealt = new Map(targets);
  for (let left = count; left > 0; left--) {
    let best: PoolPolicy | undefined;
    const fill = ({ name, share }: PoolPolicy): number => ((dealt.get(name) ?? 0) + 1) / share;
    for (const pool of pools) {
      if ((dealt.get(pool.name) ?? 0) >= pool.maximum) continue;
      if (best === undefined || fill(pool) < fill(best)) best = pool;
    }
    if (best === undefined) break;
    dealt.set(best.name, (dealt.get(best.name) ?? 0) + 1);
  }
  return dealt;
};

export const poolActions = (before: PoolTargets, after: PoolTargets): readonly ScalingAction[] =>
  [...after].flatMap(([pool, toUnits]): ScalingAction[] => {
    const fromUnits = before.get(pool) ?? 0;
    return fromUnits === toUnits ? [] : [{ kind: 'setPool', pool, fromUnits, toUnits }];
  });

/** Takes instances away for good; each lowers its pool's target by one, which `targets` remembers. */
export const terminate = (
  instances: readonly { readonly instanceId: string; readonly pool: string | null }[],
  targets: PoolTargets,
): readonly ScalingAction[] =>
  instances.flatMap(({ instanceId, pool }): ScalingAction[] => {
    if (pool === null) return [];
    const toUnits = Math.max(0, (targets.get(pool) ?? 0) - 1);
    targets.set(pool, toUnits);
    return [{ kind: 'terminate', pool, instanceId, weight: 1, toUnits }];
  });

/** Drained at the scaler's own wish, and empty by now. */
export const drained = ({ instances, leaving }: ClusterSnapshot) => {
  const over = new Set(
    leaving.flatMap(({ instanceId, isOurs, state }) => (isOurs && state === 'over' ? [instanceId] : [])),
  );
  return instances.filter(({ instanceId }) => over.has(instanceId));
};

export const activeOf = ({ instances }: ClusterSnapshot) =>
  instances.filter(({ status }) => status === 'ACTIVE');
