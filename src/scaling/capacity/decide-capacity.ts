import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { Decided, ScalingAction, ScalingDecision } from '../scaling-decision.ts';
import type { CapacityMemory, ScalingMemory } from '../scaling-memory.ts';
import { clusterDecisions } from './cluster-decisions.ts';
import { decideDrains } from './decide-drains.ts';
import { decidePurchase } from './decide-purchase.ts';
import { decideScaleIn } from './decide-scale-in.ts';
import { learnSizes } from './launch-types.ts';
import { placementDecisions } from './placement-decisions.ts';
import { viewCapacity } from './view-capacity.ts';

/**
 * How many instances there are, of which pools, and which of them go. Actions are in the order in which they are to be carried
 * out: a pool's target is lowered by its terminations before it is raised. Pure.
 * @param services What the services' decision of the same tick remembers.
 */
export const decideCapacity = (
  snapshot: ClusterSnapshot,
  policy: CapacityPolicy,
  memory: CapacityMemory,
  services: ScalingMemory['services'],
): Decided<CapacityMemory> => {
  const view = viewCapacity(snapshot, policy, memory, services);
  const { cluster } = view;
  const ended = decideDrains(cluster, memory.drains);
  const bought = decidePurchase(view, policy, ended.targets);
  const lastOutMillis = bought.isOut ? snapshot.atMillis : memory.lastOutMillis;
  const remembered = { ...memory, lastOutMillis, drains: ended.drains };
  const scaleIn = decideScaleIn(view, policy, remembered, snapshot.services);
  const placed = placementDecisions(view, policy, memory.reportedUnfit);
  const actions: readonly ScalingAction[] = [...ended.actions, ...bought.actions, ...scaleIn.actions];
  const decisions: readonly ScalingDecision[] = [
    ...ended.decisions,
    ...bought.decisions,
    ...scaleIn.decisions,
    ...placed.decisions,
    ...clusterDecisions(view, policy, bought, scaleIn),
  ];
  const passedOver = Object.entries(scaleIn.passedOverUntil).filter(([, until]) => until > snapshot.atMillis);
  const failedUntil = snapshot.atMillis + failedSeconds * 1000;
  return {
    decisions,
    actions,
    memory: {
      lastOutMillis,
      lastInMillis: scaleIn.begun.length > 0 ? snapshot.atMillis : memory.lastInMillis,
      unneededSince: scaleIn.unneededSince,
      owed: Object.fromEntries(
        cluster.pools.flatMap(({ policy: { name }, owed }) =>
          owed.length > 0 ? [[name, owed] as const] : [],
        ),
      ),
      startingSince: Object.fromEntries(
        cluster.pools.flatMap(({ starting, late }) =>
          [...starting, ...late].map(({ member, sinceMillis }) => [member.instanceId, sinceMillis] as const),
        ),
      ),
      learnedSizes: learnSizes(policy.pools, cluster.seen, memory.learnedSizes),
      drains: { ...ended.drains, ...scaleIn.drains },
      passedOverUntil: {
        ...Object.fromEntries(passedOver),
        ...Object.fromEntries(ended.failed.map((instanceId) => [instanceId, failedUntil])),
      },
      reportedUnfit: placed.reportedUnfit,
    },
  };
};

/** What kept an instance from being drained in two days won't have changed in minutes. */
const failedSeconds = 3600;
