import { BadInputError } from '../../errors.ts';
import type { DrainClusters } from '../drain-ports.ts';

/** How messages name the clusters that are looked after. */
export const nameClusters = ({ clusters }: DrainClusters): string =>
  clusters.length === 0
    ? "none, until the deployment's DrainClusters names some"
    : clusters.map((name) => `"${name}"`).join(', ');

/** Throws `BadInput` for a cluster that isn't looked after. */
export const requireCluster = (ports: DrainClusters, cluster: string): void => {
  if (ports.clusters.includes(cluster)) return;
  throw new BadInputError(
    `cluster "${cluster}" is none of those that are looked after: ${nameClusters(ports)}; the deployment's parameter DrainClusters names them`,
  );
};
