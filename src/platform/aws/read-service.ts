import type { Service } from '@aws-sdk/client-ecs';
import type { ClusterService } from '../ports/container-cluster.ts';

/** ECS's own defaults, which it leaves out for services made long ago. */
const defaultMinimumPercent = { REPLICA: 100, DAEMON: 0 } as const;
const defaultMaximumPercent = { REPLICA: 200, DAEMON: 100 } as const;

/** None for one that was deleted: ECS goes on describing it for a while. */
export const parseService = (service: Service): readonly ClusterService[] => {
  const { serviceName, serviceArn, status } = service;
  if (serviceName === undefined || serviceArn === undefined || status === 'INACTIVE') return [];
  const schedulingStrategy = service.schedulingStrategy === 'DAEMON' ? 'DAEMON' : 'REPLICA';
  const { minimumHealthyPercent, maximumPercent } = service.deploymentConfiguration ?? {};
  return [
    {
      serviceName,
      serviceArn,
      desiredCount: service.desiredCount ?? 0,
      runningCount: service.runningCount ?? 0,
      pendingCount: service.pendingCount ?? 0,
      schedulingStrategy,
      minimumHealthyPercent: minimumHealthyPercent ?? defaultMinimumPercent[schedulingStrategy],
      maximumPercent: maximumPercent ?? defaultMaximumPercent[schedulingStrategy],
      balancers: parseBalancers(service),
      taskDefinitionArn: definitionOf(service),
      isDeploying: isDeploying(service),
      constraints: (service.placementConstraints ?? []).flatMap(({ type, expression }) =>
        type === 'memberOf' && expression !== undefined ? [expression] : [],
      ),
      isDistinct: (service.placementConstraints ?? []).some(({ type }) => type === 'distinctInstance'),
    },
  ];
};

/** Services that CodeDeploy or somebody else deploys have it in their task sets. */
const definitionOf = ({ taskDefinition, deployments, taskSets }: Service): string =>
  taskDefinition ||
  (deployments ?? []).find(({ status }) => status === 'PRIMARY')?.taskDefinition ||
  (taskSets ?? []).find(({ status }) => status === 'PRIMARY')?.taskDefinition ||
  '';

/**
 * Only ECS itself has deployments with a state: the newest is in progress until it is steady, and older ones are listed as
 * long as they have tasks. Otherwise each deployment is a task set, and one that is being scaled is unsteady too; so
 * their number counts, not their stability.
 */
const isDeploying = ({ deploymentController, deployments = [], taskSets = [] }: Service): boolean =>
  (deploymentController?.type ?? 'ECS') === 'ECS'
    ? deployments.length > 1 ||
      deployments.some(({ status, rolloutState }) => status === 'PRIMARY' && rolloutState === 'IN_PROGRESS')
    : taskSets.length > 1;

/** Those of the service's task sets too: with CodeDeploy, each set has its own. */
const parseBalancers = ({ loadBalancers, taskSets }: Service): ClusterService['balancers'] => {
  const all = [...(loadBalancers ?? []), ...(taskSets ?? []).flatMap((set) => set.loadBalancers ?? [])];
  const found = all.flatMap(({ targetGroupArn, containerName, containerPort }) =>
    targetGroupArn === undefined || containerName === undefined || containerPort === undefined
      ? []
      : [{ targetGroupArn, containerName, containerPort }],
  );
  const byName = new Map(
    found.map((one) => [`${one.targetGroupArn} ${one.containerName} ${one.containerPort}`, one]),
  );
  return [...byName.values()];
};
