import { BadInputError } from '../../errors.ts';
import { drainLimits } from '../coordinator/drain-state.ts';
import type { DrainClusters } from '../drain-ports.ts';
import { type ClusterCheck, decideDrainRisks } from './decide-drain-risks.ts';
import { readWholeCluster, type WholeClusterPorts } from './read-whole-cluster.ts';
import { requireCluster } from './require-cluster.ts';

/**
 * Reads a cluster and says what would spoil a drain there. Throws `BadInput` for one that isn't looked after or isn't there,
 * else what the calls throw.
 */
export const checkCluster = async (
  ports: WholeClusterPorts & DrainClusters,
  cluster: string,
): Promise<ClusterCheck> => {
  requireCluster(ports, cluster);
  const picture = await readWholeCluster(ports, cluster);
  if (picture === undefined) {
    throw new BadInputError(
      `there is no cluster "${cluster}" in this account and region, though the deployment's DrainClusters names it: correct the parameter, or create the cluster`,
    );
  }
  return {
    cluster,
    checkedAtMillis: ports.time.nowMillis(),
    seen: {
      instances: picture.instances.length,
      tasks: picture.tasks.length,
      services: picture.services.length,
      groups: picture.groups.length,
    },
    risks: decideDrainRisks(picture, drainLimits),
  };
};
