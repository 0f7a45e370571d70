import type { ScalingPolicy } from '../policy/scaling-policy.ts';

/** What a deployment can do for policies. */
export interface Deployment {
  /** Names of the clusters that are looked after. */
  readonly clusters: readonly string[];
  /** Whether clusters can be ticked more often than each minute. */
  readonly hasFastTick: boolean;
  /** Names and ids of the pools that it may change; null where nothing limits it. */
  readonly pools: readonly string[] | null;
  /** Names of the clusters whose instances can be drained; null where nothing limits it. */
  readonly drainClusters: readonly string[] | null;
  /** Whether there is a Prometheus to ask. */
  readonly hasPrometheus: boolean;
}

/** Pure: what a deployment lacks for a policy, in words, each with what to do about it. */
export const decideWarnings = (policy: ScalingPolicy, deployment: Deployment): readonly string[] => {
  const warnings: string[] = [];
  const { cluster, everySeconds, capacity, services } = policy;
  if (!deployment.clusters.includes(cluster)) {
    const named = deployment.clusters.length === 0 ? 'none is' : `${deployment.clusters.join(', ')} are`;
    warnings.push(
      `cluster ${cluster} is not looked after by this deployment (${named}): nothing will be scaled until the parameter ScalingClusters names it`,
    );
  }
  if (everySeconds < 60 && !deployment.hasFastTick)
    warnings.push(
      `a tick every ${everySeconds} s takes the fast tick, which is not deployed: until the parameter ScalingFastTick is on, it ticks once a minute`,
    );
  const lacking = (capacity?.pools ?? []).filter(
    ({ id }) => deployment.pools !== null && !deployment.pools.includes(id),
  );
  if (lacking.length > 0)
    warnings.push(
      `this deployment may not change ${lacking.map(({ name, id }) => `pool ${name} (${id})`).join(', ')}: name them in the parameters ScalingGroups, ScalingSpotFleets or ScalingFleets`,
    );
  const { drainClusters } = deployment;
  if (capacity !== null && capacity.scaleIn !== null && drainClusters?.includes(cluster) === false)
    warnings.push(
      `instances of ${cluster} can't be drained, so none will go: name the cluster in the parameter DrainClusters, or set scaleIn: false`,
    );
  const asking = services.filter(({ rules }) => rules.some(({ metric }) => metric.kind === 'prometheus'));
  if (asking.length > 0 && !deployment.hasPrometheus)
    warnings.push(
      `there is no Prometheus to ask for ${asking.map(({ service }) => service).join(', ')}: set the parameter ScalingPrometheusUrl`,
    );
  return warnings;
};
