import { describedAtOnce } from '../../calls/cluster-reads.ts';
import { eachOf, inBatches, pacedCall } from '../../calls/paced-call.ts';
import type { ContainerInstance } from '../../platform/ports/container-cluster.ts';
import type { ScalingPorts } from '../scaling-ports.ts';

const mostPages = 1_000;
const atOnce = 16;

/** Every container instance of a cluster. Throws what its calls throw: a part of them would look like missing capacity. */
export const readInstances = async (
  ports: ScalingPorts,
  cluster: string,
): Promise<readonly ContainerInstance[]> => {
  const arns = new Set<string>();
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const options = next === undefined ? {} : { next };
    const got = await pacedCall(ports, 'resourceRead', () => ports.cluster.listInstances(cluster, options));
    for (const arn of got.arns) arns.add(arn);
    next = got.next;
    if (next === undefined) break;
  }
  const instances: ContainerInstance[] = [];
  await eachOf(inBatches([...arns], describedAtOnce), atOnce, async (batch) => {
    instances.push(
      ...(await pacedCall(ports, 'resourceRead', () => ports.cluster.describeInstances(cluster, batch))),
    );
  });
  return instances;
};
