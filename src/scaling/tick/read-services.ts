import { describeServices } from '../../calls/cluster-reads.ts';
import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { eachOf, inBatches, pacedCall } from '../../calls/paced-call.ts';
import type { ClusterService } from '../../platform/ports/container-cluster.ts';
import type { ScalingMemory } from '../scaling-memory.ts';
import type { ScalingPorts } from '../scaling-ports.ts';

export type ServiceListing = NonNullable<ScalingMemory['listing']>;

export interface ServicesRead {
  readonly services: readonly ClusterService[];
  /** Names that were described. */
  readonly asked: number;
  /** Names of services of which nothing is known because their call failed. */
  readonly unread: ReadonlySet<string>;
  /** To be kept, and whether it was made now. */
  readonly listing: ServiceListing | undefined;
  readonly isListed: boolean;
  readonly failures: readonly string[];
  /** What the last call that failed threw. */
  readonly error?: unknown;
}

export interface ServicesWanted {
  /** By name: of the policy, and those that were heard of. */
  readonly named: readonly string[];
  /** Whether every other of the cluster is to be read too. */
  readonly others: boolean;
  readonly listing: ServiceListing | undefined;
}

/** A new service is seen so late at most, should ECS's event of its tasks be lost; the list of 1,000 takes ten calls. */
const listedForMillis = 120_000;
const mostPages = 1_000;
const batchSize = 10;
const atOnce = 16;

/** Services of a cluster, as they are now. One call that fails leaves out its ten services only. */
export const readServices = async (
  ports: ScalingPorts,
  cluster: string,
  wanted: ServicesWanted,
): Promise<ServicesRead> => {
  const nowMillis = ports.time.nowMillis();
  const failures: string[] = [];
  let { listing } = wanted;
  let isListed = false;
  const isStale = listing === undefined || nowMillis - listing.atMillis >= listedForMillis;
  if (wanted.others && isStale) {
    try {
      listing = { atMillis: nowMillis, services: await listNames(ports, cluster) };
      isListed = true;
    } catch (error) {
      logFailure({ cluster, error });
      // An older listing misses new services only.
      if (listing === undefined) failures.push(`services could not be listed: ${reasonOf(error)}`);
    }
  }
  const others = wanted.others ? (listing?.services ?? []) : [];
  const names = [...new Set([...wanted.named, ...others])];
  const services: ClusterService[] = [];
  const unread = new Set<string>();
  let lastError: unknown;
  await eachOf(inBatches(names, batchSize), atOnce, async (batch) => {
    try {
      services.push(...(await describeServices(ports, cluster, batch)));
    } catch (error) {
      lastError = error;
      for (const name of batch) unread.add(name);
    }
  });
  if (unread.size > 0) {
    logFailure({ cluster, error: lastError });
    failures.push(`${unread.size} of ${names.length} services could not be read: ${reasonOf(lastError)}`);
  }
  return { services, asked: names.length, unread, listing, isListed, failures, error: lastError };
};

const listNames = async (ports: ScalingPorts, cluster: string): Promise<string[]> => {
  const names = new Set<string>();
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const got = await pacedCall(ports, 'serviceRead', () => ports.cluster.listServices(cluster, next));
    for (const arn of got.arns) names.add(arn.slice(arn.lastIndexOf('/') + 1));
    next = got.next;
    if (next === undefined) break;
  }
  return [...names];
};
