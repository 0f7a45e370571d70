import { noticeMillis } from '../../coordinator/drain-state.ts';
import { type ClusterPicture, type KnownRisk, nameSome, type RiskLimits } from './drain-risk.ts';

/** Of the instances, of what runs on them, and of who else would drain them. */
export const clusterRisks = (picture: ClusterPicture, limits: RiskLimits): readonly KnownRisk[] => [
  ...instanceRisks(picture),
  ...managedDrainingRisk(picture),
  ...agentNotes(picture, limits),
  ...stopTimeoutRisks(picture, limits),
  ...leftOutNotes(picture),
];

/** Longer than this no container may take to stop: the rest of the two minutes is settling and margin. */
const longestStopTimeoutSeconds = ({ settleMillis, marginMillis }: RiskLimits): number =>
  (noticeMillis - settleMillis - marginMillis) / 1000;

const stopTimeoutRisks = ({ definitions }: ClusterPicture, limits: RiskLimits): readonly KnownRisk[] => {
  const most = longestStopTimeoutSeconds(limits);
  return definitions
    .filter(({ stopTimeoutSeconds }) => (stopTimeoutSeconds ?? limits.defaultStopTimeoutSeconds) > most)
    .map(({ taskDefinitionArn, stopTimeoutSeconds }) => ({
      severity: 'error',
      kind: 'stop-timeout-over-budget',
      what: `stopTimeout ${stopTimeoutSeconds ?? limits.defaultStopTimeoutSeconds} s`,
      where: `task definition ${taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1)}`,
      why: `a spot notice leaves 120 s, of which ${limits.settleMillis / 1000} s are settling and ${limits.marginMillis / 1000} s margin: the instance goes while its containers still stop`,
      fix: `set stopTimeout of its containers to ${most} or less`,
    }));
};

const instanceRisks = ({ cluster, instances, services }: ClusterPicture): readonly KnownRisk[] => {
  const where = `cluster ${cluster.clusterName}`;
  if (instances.length === 0) {
    return [
      {
        severity: 'note',
        kind: 'no-instances',
        what: '0 container instances',
        where,
        why: 'there is nothing to drain, and nothing of how one would go can be seen',
        fix: 'check again when instances have registered',
      },
    ];
  }
  const risks: KnownRisk[] = [];
  const active = instances.filter(({ status }) => status === 'ACTIVE');
  if (active.length < 2 && services.some((one) => one.schedulingStrategy === 'REPLICA')) {
    risks.push({
      severity: 'warning',
      kind: 'one-instance',
      what: active.length === 0 ? 'no instance takes tasks' : '1 instance takes tasks',
      where,
      why: 'replacements have nowhere to go until another instance has registered, which takes longer than two minutes',
      fix: 'keep room for the tasks of one instance on the others',
    });
  }
  const silent = instances.filter(
    ({ status, isAgentConnected }) => !isAgentConnected && status !== 'INACTIVE',
  );
  if (silent.length > 0) {
    risks.push({
      severity: 'warning',
      kind: 'agent-disconnected',
      what: silent.length === 1 ? '1 agent is disconnected' : `${silent.length} agents are disconnected`,
      where: nameSome(silent.map(({ instanceId }) => instanceId).sort()),
      why: 'StopTask reaches its containers when the agent connects again; for a few minutes that is normal',
      fix: 'if it stays, look at the agent on the instance or replace the instance',
    });
  }
  return risks;
};

const leftOutNotes = ({ cluster, leftOut }: ClusterPicture): readonly KnownRisk[] =>
  leftOut.map(({ of, seen, count }) => ({
    severity: 'note',
    kind: 'not-all-seen',
    what: `${seen} of ${count} ${of} were looked at`,
    where: `cluster ${cluster.clusterName}`,
    why: "AWS's limits on calls allow no more within one answer, and what was left out may have risks of its own",
    fix: 'nothing, where the others are set up alike',
  }));

const managedDrainingRisk = ({ cluster }: ClusterPicture): readonly KnownRisk[] => {
  const { capacityProviders, clusterName } = cluster;
  if (capacityProviders.length === 0) return [];
  return [
    {
      severity: 'warning',
      kind: 'managed-draining',
      what: `capacity providers ${nameSome([...capacityProviders].sort())}: managed draining, unless it was turned off`,
      where: `cluster ${clusterName}`,
      why: 'ECS sets instances DRAINING and completes lifecycle actions itself, beside and before the drain here; managed termination protection holds instances back likewise',
      fix: 'update the capacity provider with managedDraining=DISABLED, or leave its lifecycle hook to ECS and add none for stormdrain',
    },
  ];
};

const agentNotes = (
  { cluster, instances, definitions }: ClusterPicture,
  { defaultStopTimeoutSeconds }: RiskLimits,
): readonly KnownRisk[] => {
  if (instances.length === 0) return [];
  const where = `the agents of cluster ${cluster.clusterName}`;
  const silent = definitions.filter(({ stopTimeoutSeconds }) => stopTimeoutSeconds === null);
  const notes: KnownRisk[] = [
    {
      severity: 'note',
      kind: 'agent-spot-draining',
      what: "ECS_ENABLE_SPOT_INSTANCE_DRAINING can't be seen through the API",
      where,
      why: 'an agent that drains by itself sets DRAINING, upon which ECS may stop tasks before they are deregistered',
      fix: 'leave it out of /etc/ecs/ecs.config, or set it to false',
    },
  ];
  if (silent.length > 0) {
    notes.push({
      severity: 'note',
      kind: 'agent-stop-timeout',
      what: `ECS_CONTAINER_STOP_TIMEOUT can't be seen through the API; ${defaultStopTimeoutSeconds} s is assumed`,
      where: `task definitions ${nameSome(silent.map(({ family }) => family).sort())}`,
      why: 'it counts for containers whose definition has no stopTimeout',
      fix: 'set stopTimeout in their definitions',
    });
  }
  return notes;
};
