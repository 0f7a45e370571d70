import type { ClusterService } from '../../platform/ports/container-cluster.ts';
import type { MetricReadings, ServiceSnapshot } from '../cluster-snapshot.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { readDefinitions } from './definition-cache.ts';
import { needsOf } from './task-needs.ts';

export interface ServicesToDescribe {
  /** Those of the policy. */
  readonly named: ReadonlySet<string>;
  readonly readings: ReadonlyMap<string, readonly MetricReadings[]>;
  /** By service: when. */
  readonly placementFailures: ReadonlyMap<string, number>;
  /** Whether anybody asks what tasks need that find no room. */
  readonly needsWanted: boolean;
}

export interface DescribedServices {
  readonly services: readonly ServiceSnapshot[];
  /** Task definitions that had to be asked for. */
  readonly definitions: number;
}

const isShort = ({ desiredCount, runningCount, pendingCount }: ClusterService): boolean =>
  desiredCount > runningCount + pendingCount;

/** Services of the policy, and others that have tasks without room, as decisions see them; sorted by name. */
export const describeServicesFor = async (
  ports: ScalingPorts,
  services: readonly ClusterService[],
  { named, readings, placementFailures, needsWanted }: ServicesToDescribe,
): Promise<DescribedServices> => {
  // One that replaces tasks, and finds no room for the new ones, may have as many as it wants.
  const isWanting = (service: ClusterService): boolean =>
    isShort(service) || placementFailures.has(service.serviceName);
  const seen = services.filter((service) => named.has(service.serviceName) || isWanting(service));
  const wanting = needsWanted ? seen.filter(isWanting) : [];
  const { definitions, asked } = await readDefinitions(
    ports,
    wanting.map(({ taskDefinitionArn }) => taskDefinitionArn),
  );
  const described = seen.map((service): ServiceSnapshot => {
    const definition = isWanting(service) ? definitions.get(service.taskDefinitionArn) : undefined;
    const failedAtMillis = placementFailures.get(service.serviceName);
    return {
      service: service.serviceName,
      desiredCount: service.desiredCount,
      runningCount: service.runningCount,
      pendingCount: service.pendingCount,
      isDaemon: service.schedulingStrategy === 'DAEMON',
      isDeploying: service.isDeploying,
      readings: readings.get(service.serviceName) ?? [],
      ...(definition === undefined ? {} : { needs: needsOf(definition, service) }),
      ...(failedAtMillis === undefined ? {} : { placementFailedAtMillis: failedAtMillis }),
    };
  });
  described.sort((a, b) => (a.service < b.service ? -1 : 1));
  return { services: described, definitions: asked };
};
