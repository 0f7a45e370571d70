import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { planCandidates } from '../capacity/plan-candidates.ts';
import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import type { ScalingPolicy } from '../policy/scaling-policy.ts';
import type { ScalingMemory } from '../scaling-memory.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { describeServicesFor } from './describe-services.ts';
import type { TickShape } from './least-calls.ts';
import { planMetricReads } from './plan-metric-reads.ts';
import { readCandidates } from './read-candidates.ts';
import { type CapacityRead, readCapacity } from './read-capacity.ts';
import { readDemands } from './read-demands.ts';
import { readMetrics } from './read-metrics.ts';
import { readServices, type ServicesRead } from './read-services.ts';

export interface SnapshotRead {
  readonly snapshot: ClusterSnapshot;
  /** What can be decided on what was read: without capacity, when a part of its picture is missing. */
  readonly policy: ScalingPolicy;
  readonly services: ServicesRead;
  readonly shape: Omit<TickShape, 'recheckedServices' | 'setServices' | 'setPools' | 'terminated'>;
  /** What could not be read, in words. */
  readonly failures: readonly string[];
}

/**
 * All that a tick's decisions look at. A part that can't be read is left out, and with it what would be decided on it:
 * instances are left alone unless every service, pool and instance is known. Throws when nothing could be read.
 */
export const readSnapshot = async (
  ports: ScalingPorts,
  policy: ScalingPolicy,
  memory: ScalingMemory,
): Promise<SnapshotRead> => {
  const { cluster, capacity } = policy;
  const atMillis = ports.time.nowMillis();
  const demands = await readDemands(ports, cluster, policy, atMillis);
  const named = policy.services.map(({ service }) => service);
  const [services, metrics, whole] = await Promise.all([
    readServices(ports, cluster, {
      named: capacity === null ? named : [...named, ...demands.placementFailures.keys()],
      others: capacity !== null,
      listing: memory.listing,
    }),
    readMetrics(ports, planMetricReads(cluster, policy.services, atMillis), atMillis),
    capacity === null ? nothingWanted : readWhole(ports, cluster, capacity, memory),
  ]);
  const failures = [...demands.failures, ...services.failures, ...whole.failures];
  if (services.services.length === 0 && whole.capacity === null) {
    const error = whole.error ?? services.error;
    if (error !== undefined) throw error;
  }
  const isWhole = demands.failures.length === 0 && services.failures.length === 0 && whole.capacity !== null;
  const described = await describeServicesFor(ports, services.services, {
    named: new Set(named),
    readings: metrics.readings,
    placementFailures: demands.placementFailures,
    needsWanted: capacity !== null && isWhole,
  });
  const snapshot: ClusterSnapshot = {
    atMillis,
    cluster,
    instances: whole.capacity?.instances ?? [],
    pools: whole.capacity?.pools ?? [],
    services: described.services,
    requests: demands.requests,
    leaving: whole.capacity?.leaving ?? [],
  };
  const decided = isWhole ? policy : { ...policy, capacity: null };
  const candidates = isWhole ? planCandidates(snapshot, decided, memory) : [];
  const byName = new Map(services.services.map((service) => [service.serviceName, service]));
  const looked = await readCandidates(ports, cluster, candidates, byName).catch((error: unknown) => {
    logFailure({ cluster, error });
    failures.push(`tasks of ${candidates.length} instances could not be read: ${reasonOf(error)}`);
    return undefined;
  });
  return {
    snapshot: {
      ...snapshot,
      instances: snapshot.instances.map((instance) => {
        const tasks = looked?.tasks.get(instance.containerInstanceArn);
        return tasks === undefined ? instance : { ...instance, tasks };
      }),
    },
    policy: decided,
    services,
    shape: {
      listedServices: services.isListed ? (services.listing?.services.length ?? 0) : null,
      services: services.asked,
      instances: capacity === null ? null : snapshot.instances.length,
      pools: (capacity?.pools ?? []).map(({ kind, name }) => ({
        kind,
        members: snapshot.pools.find((pool) => pool.name === name)?.members.length ?? 0,
      })),
      cloudWatchQueries: metrics.cloudWatchQueries,
      prometheusQueries: metrics.prometheusQueries,
      definitions: described.definitions + (looked?.definitions ?? 0),
      candidateTasks: looked?.listed ?? [],
      guardedTasks: looked?.guarded ?? 0,
    },
    failures: [...failures, ...metrics.failures],
  };
};

interface WholeRead {
  readonly capacity: CapacityRead | null;
  readonly failures: readonly string[];
  readonly error?: unknown;
}

const nothingWanted: WholeRead = { capacity: null, failures: [] };

const readWhole = async (
  ...[ports, cluster, policy, memory]: Parameters<typeof readCapacity>
): Promise<WholeRead> => {
  try {
    const capacity = await readCapacity(ports, cluster, policy, memory);
    return { capacity, failures: capacity.failures };
  } catch (error) {
    logFailure({ cluster, error });
    return { capacity: null, failures: [`instances could not be read: ${reasonOf(error)}`], error };
  }
};
