import { type ClusterReadPorts, findInstances } from '../calls/cluster-reads.ts';

export interface LocatedInstances {
  /** The cluster of each instance that was found. */
  readonly clusterOf: ReadonlyMap<string, string>;
  /** What went wrong, by cluster: whether the others are in one of these isn't known. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/** Looks for instances in clusters, for all of them at once. */
export const locateInstances = async (
  ports: ClusterReadPorts,
  clusters: readonly string[],
  instanceIds: readonly string[],
): Promise<LocatedInstances> => {
  const clusterOf = new Map<string, string>();
  const failures = new Map<string, unknown>();
  const look = async (cluster: string): Promise<void> => {
    try {
      const found = await findInstances(ports, cluster, instanceIds);
      for (const { instanceId } of found) clusterOf.set(instanceId, cluster);
    } catch (error) {
      failures.set(cluster, error);
    }
  };
  if (instanceIds.length > 0) await Promise.all(clusters.map(look));
  return { clusterOf, failures };
};
