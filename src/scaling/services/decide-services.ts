import type { ClusterSnapshot, ServiceSnapshot } from '../cluster-snapshot.ts';
import type { ScalingPolicy, ServicePolicy } from '../policy/scaling-policy.ts';
import type { Decided, ScalingAction, ScalingDecision } from '../scaling-decision.ts';
import { newServiceMemory, type ScalingMemory, type ServiceMemory } from '../scaling-memory.ts';
import { type DecidedService, decideService } from './decide-service.ts';

const holding = (
  policy: ServicePolicy,
  memory: ServiceMemory,
  decision: Pick<ScalingDecision, 'reason' | 'from' | 'sentence'>,
): DecidedService => ({
  decision: {
    subject: `service/${policy.service}`,
    outcome: 'hold',
    to: decision.from,
    figures: {},
    ...decision,
  },
  memory,
});

const decideOne = (
  snapshot: ClusterSnapshot,
  service: ServiceSnapshot | undefined,
  policy: ServicePolicy,
  memory: ServiceMemory,
  scaling: Pick<ScalingPolicy, 'dryRun' | 'everySeconds'>,
): DecidedService => {
  if (service === undefined)
    return holding(policy, memory, {
      reason: 'missing-data',
      from: null,
      sentence: `${policy.service}: ${snapshot.cluster} has no such service, so nothing is decided about it.`,
    });
  if (service.isDaemon)
    return holding(policy, memory, {
      reason: 'steady',
      from: service.desiredCount,
      sentence: `${policy.service}: a daemon service has a task on each instance and is never scaled; take it out of the policy.`,
    });
  return decideService(snapshot.atMillis, service, policy, memory, scaling);
};

/** Since when a service wants more tasks than it has. A daemon's tasks come with their instances. */
const unplacedSince = (
  service: ServiceSnapshot | undefined,
  atMillis: number,
  since: number | null,
): number | null => {
  if (service === undefined || service.isDaemon) return null;
  return service.desiredCount > service.runningCount + service.pendingCount ? (since ?? atMillis) : null;
};

/**
 * How many tasks each service of the policy should have: one decision for each of them, steady ones too, in the policy's
 * order. In a dry run the memory tells of no step, as none is taken. Memory is kept of the policy's services and of those in the
 * snapshot.
 */
export function decideServices(
  snapshot: ClusterSnapshot,
  policy: ScalingPolicy,
  memory: ScalingMemory['services'],
): Decided<ScalingMemory['services']> {
  const found = new Map(snapshot.services.map((service) => [service.service, service]));
  const remembered = new Map(Object.entries(memory));
  const earlier = (service: string) => remembered.get(service) ?? newServiceMemory();
  const decided = policy.services.map((service) =>
    decideOne(snapshot, found.get(service.service), service, earlier(service.service), policy),
  );
  const next = new Map(snapshot.services.map(({ service }) => [service, earlier(service)]));
  policy.services.forEach(({ service }, index) => {
    next.set(service, decided[index]?.memory ?? earlier(service));
  });
  return {
    decisions: decided.map(({ decision }) => decision),
    actions: policy.services.flatMap(({ service }, index): ScalingAction[] => {
      const decision = decided[index]?.decision;
      if (decision === undefined || decision.outcome === 'hold') return [];
      const { from, to } = decision;
      return from === null || to === null ? [] : [{ kind: 'setService', service, from, to }];
    }),
    memory: Object.fromEntries(
      [...next].map(([service, kept]) => [
        service,
        {
          ...kept,
          unplacedSinceMillis: unplacedSince(found.get(service), snapshot.atMillis, kept.unplacedSinceMillis),
        },
      ]),
    ),
  };
}
