import type { ClusterService, ClusterTask } from '../../../platform/ports/container-cluster.ts';
import type { ClusterPicture, KnownRisk } from './drain-risk.ts';

/** Of services whose tasks ECS replaces elsewhere. A daemon's aren't: each instance has its own. */
export const serviceRisks = ({ services, tasks, instances }: ClusterPicture): readonly KnownRisk[] => {
  const ofService = new Map<string, ClusterTask[]>();
  for (const task of tasks) {
    if (task.service === null) continue;
    const all = ofService.get(task.service) ?? [];
    all.push(task);
    ofService.set(task.service, all);
  }
  return services
    .filter(({ schedulingStrategy, desiredCount }) => schedulingStrategy === 'REPLICA' && desiredCount > 0)
    .flatMap((service) => [
      ...roomRisks(service),
      ...spreadRisks(service, ofService.get(service.serviceName) ?? [], instances.length),
    ]);
};

const roomRisks = (service: ClusterService): readonly KnownRisk[] => {
  const { serviceName, desiredCount, minimumHealthyPercent, maximumPercent } = service;
  const most = Math.floor((desiredCount * maximumPercent) / 100);
  const fewest = Math.ceil((desiredCount * minimumHealthyPercent) / 100);
  if (most > desiredCount) return [];
  const base = {
    what: `minimumHealthyPercent ${minimumHealthyPercent}, maximumPercent ${maximumPercent}, desiredCount ${desiredCount}`,
    where: `service ${serviceName}`,
    // The smallest that allows one more task.
    fix: `raise maximumPercent to ${Math.ceil(((desiredCount + 1) * 100) / desiredCount)} or more`,
  };
  return fewest >= desiredCount
    ? [
        {
          ...base,
          severity: 'error',
          kind: 'no-room-to-replace',
          why: 'ECS may neither start a task beside the others nor stop one: DRAINING moves nothing, so a drain without hurry never ends and a hurried one stops tasks before others take over',
        },
      ]
    : [
        {
          ...base,
          severity: 'warning',
          kind: 'no-replacement-before-stop',
          why: 'ECS may start a replacement only when a task has stopped: the service has fewer tasks during a drain',
        },
      ];
};

const spreadRisks = (
  { serviceName, desiredCount, runningCount, balancers }: ClusterService,
  tasks: readonly ClusterTask[],
  instances: number,
): readonly KnownRisk[] => {
  if (desiredCount === 1) {
    const isServing = balancers.length > 0;
    return [
      {
        severity: isServing ? 'warning' : 'note',
        kind: 'single-task',
        what: 'desiredCount 1',
        where: `service ${serviceName}`,
        why: isServing
          ? 'until its replacement is healthy nobody answers, and a spot notice does not wait for that'
          : 'until its replacement runs nobody does its work',
        fix: 'run two tasks or more, spread over instances',
      },
    ];
  }
  const places = new Set(tasks.map(({ containerInstanceArn }) => containerInstanceArn));
  const isAllSeen = tasks.length >= Math.max(2, runningCount);
  if (!isAllSeen || places.size > 1 || places.has(null) || instances < 2) return [];
  return [
    {
      severity: 'warning',
      kind: 'service-on-one-instance',
      what: `all ${tasks.length} tasks on one instance`,
      where: `service ${serviceName}`,
      why: 'when that instance goes, all of them stop at once',
      fix: 'give the service a placement strategy that spreads by instanceId or by attribute:ecs.availability-zone',
    },
  ];
};
