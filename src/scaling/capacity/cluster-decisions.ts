import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { DecisionReason, ScalingDecision } from '../scaling-decision.ts';
import { instances, percent, signalWords } from './capacity-words.ts';
import type { Purchase } from './decide-purchase.ts';
import type { ScaleInDecided } from './decide-scale-in.ts';
import type { CapacityView } from './view-capacity.ts';

/** What the cluster as a whole is held by; nothing when its pools or instances say what is done. */
export const clusterDecisions = (
  view: CapacityView,
  policy: CapacityPolicy,
  purchase: Purchase,
  scaleIn: ScaleInDecided,
): readonly ScalingDecision[] => {
  const { cluster, plan } = view;
  const { provision, signals, unmet, minimum } = plan;
  const count = provision.instances;
  const serving = cluster.serving.length;
  const figures = {
    serving,
    instances: count,
    draining: cluster.draining.length,
    cpuPercent: plan.percent.cpuPercent,
    memoryPercent: plan.percent.memoryPercent,
    minimum,
    maximum: policy.maximum,
    missing: unmet,
    signal: signals.at(-1) ?? null,
  };
  const hold = (reason: DecisionReason, sentence: string): readonly ScalingDecision[] => [
    { subject: 'cluster', outcome: 'hold', reason, from: count, to: count, sentence, figures },
  ];
  const signal = signals.at(-1);
  if (unmet > 0 && signal !== undefined) {
    const refusing = cluster.pools.filter(({ refuses }) => refuses !== null);
    const isFull = provision.instances >= policy.maximum || refusing.length === 0;
    const why = isFull
      ? `there may be ${policy.maximum} at most`
      : `${refusing.map(({ policy: { name }, refuses }) => `${name} is ${refuses}`).join(', ')}`;
    return hold(
      isFull ? 'at-maximum' : 'capacity-overdue',
      `${instances(unmet)} more would be needed, but ${why}: ${signalWords(signal, view, policy)}`,
    );
  }
  if (purchase.isOut || scaleIn.begun.length > 0) return [];
  if (signal !== undefined)
    return hold('capacity-coming', `what is on its way is enough: ${signalWords(signal, view, policy)}`);
  if (scaleIn.waits !== null) return hold(scaleIn.waits.reason, scaleIn.waits.sentence);
  const { cpuPercent, memoryPercent } = plan.percent;
  return hold(
    serving <= minimum ? 'at-minimum' : 'steady',
    `${instances(serving)} serve; CPU reservation is ${percent(cpuPercent)}, memory ${percent(memoryPercent)}`,
  );
};
