import { type ClusterReadPorts, findInstances, listInstanceArns } from '../../calls/cluster-reads.ts';

export interface InstancePlace {
  readonly cluster: string;
  readonly containerInstanceArn: string;
}

export interface LocatedInstances {
  /** Each instance that was found. */
  readonly places: ReadonlyMap<string, InstancePlace>;
  /** What went wrong, by cluster: whether the others are in one of these isn't known. */
  readonly failures: ReadonlyMap<string, unknown>;
}

interface Seen {
  readonly instanceId: string;
  readonly containerInstanceArn: string;
}

/** A list doesn't say which is which, so only an instance that is alone needs no description. */
const seeInstances = async (
  ports: ClusterReadPorts,
  cluster: string,
  instanceIds: readonly string[],
): Promise<readonly Seen[]> => {
  const [instanceId] = instanceIds;
  if (instanceId === undefined || instanceIds.length > 1) return findInstances(ports, cluster, instanceIds);
  const arns = await listInstanceArns(ports, cluster, instanceIds);
  const [containerInstanceArn] = arns;
  if (containerInstanceArn === undefined) return [];
  return arns.length === 1
    ? [{ instanceId, containerInstanceArn }]
    : findInstances(ports, cluster, instanceIds);
};

/** Looks for instances in clusters, for all of them at once. */
export const locateInstances = async (
  ports: ClusterReadPorts,
  clusters: readonly string[],
  instanceIds: readonly string[],
): Promise<LocatedInstances> => {
  const places = new Map<string, InstancePlace>();
  const failures = new Map<string, unknown>();
  const look = async (cluster: string): Promise<void> => {
    try {
      const seen = await seeInstances(ports, cluster, instanceIds);
      for (const { instanceId, containerInstanceArn } of seen)
        places.set(instanceId, { cluster, containerInstanceArn });
    } catch (error) {
      failures.set(cluster, error);
    }
  };
  if (instanceIds.length > 0) await Promise.all(clusters.map(look));
  return { places, failures };
};
