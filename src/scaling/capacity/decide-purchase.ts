import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { ScalingAction, ScalingDecision } from '../scaling-decision.ts';
import { signalWords, units } from './capacity-words.ts';
import type { ClusterStanding } from './classify-cluster.ts';
import type { PoolStanding } from './classify-pool.ts';
import { type CapacityPlan, type CapacitySignal, planCapacity } from './plan-capacity.ts';
import type { Slot } from './provision.ts';
import type { CapacityView } from './view-capacity.ts';

export interface Purchase {
  readonly decisions: readonly ScalingDecision[];
  readonly actions: readonly ScalingAction[];
  /** Something is taken back or bought. */
  readonly isOut: boolean;
}

const isOverdue = ({ overdueUnits, late }: PoolStanding): boolean => overdueUnits > 0 || late.length > 0;

const boughtUnits = (slots: readonly Slot[]): number => slots.reduce((sum, { weight }) => sum + weight, 0);

/** The want that is largest in that pool: the last that something was ordered for. */
const reasonOf = (slots: readonly Slot[], { reasons }: CapacityPlan): CapacitySignal => {
  const last = slots.at(-1);
  return (last === undefined ? undefined : reasons.get(last)) ?? 'below-minimum';
};

/** Whether it is only bought because another pool doesn't deliver. */
const isMoved = ({ cluster, unplaced, floor, plan }: CapacityView, policy: CapacityPolicy): boolean => {
  if (plan.provision.bought.length === 0 || !cluster.pools.some(isOverdue)) return false;
  const believing = planCapacity(cluster, policy, unplaced.demands, floor, true);
  return believing.provision.bought.length < plan.provision.bought.length;
};

/** Takes drains back, and raises pools' targets by what the plan bought of them. Pure. */
export const decidePurchase = (
  view: CapacityView,
  policy: CapacityPolicy,
  targets: ReadonlyMap<string, number>,
): Purchase => {
  const { cluster, plan } = view;
  const { takenBack, bought } = plan.provision;
  const decisions: ScalingDecision[] = [];
  const actions: ScalingAction[] = [];
  for (const slot of takenBack) {
    const { instance } = slot;
    const fact = cluster.facts.get(instance?.instanceId ?? '');
    if (instance === null || fact === undefined) continue;
    const signal = plan.reasons.get(slot) ?? 'below-minimum';
    actions.push({ kind: 'cancelDrain', instanceId: instance.instanceId, drainId: fact.drainId });
    decisions.push({
      subject: `instance/${instance.instanceId}`,
      outcome: 'out',
      reason: 'demand-returned',
      from: null,
      to: null,
      sentence: `${instance.instanceId} is needed after all, and its drain is taken back: ${signalWords(signal, view, policy)}`,
      figures: { pool: instance.pool, drainId: fact.drainId, signal },
    });
  }
  const moved = isMoved(view, policy);
  for (const pool of cluster.pools) {
    const { name } = pool.policy;
    const fromUnits = targets.get(name) ?? pool.facts.targetUnits;
    const slots = bought.filter((slot) => slot.pool === name);
    const figures = poolFigures(pool);
    if (slots.length > 0) {
      const toUnits = fromUnits + pool.surplusUnits + boughtUnits(slots);
      const signal = reasonOf(slots, plan);
      const why = signalWords(signal, view, policy);
      const instead = moved
        ? `; ${overdueWords(cluster)}, and once it comes, what is too much goes again`
        : '';
      actions.push({ kind: 'setPool', pool: name, fromUnits, toUnits });
      decisions.push({
        subject: `pool/${name}`,
        outcome: 'out',
        reason: moved ? 'pool-moved' : signal,
        from: fromUnits,
        to: toUnits,
        sentence: `${name} goes from ${fromUnits} to ${units(toUnits)}: ${why}${instead}`,
        figures: { ...figures, instancesAdded: slots.length, signal },
      });
    } else if (isOverdue(pool)) {
      decisions.push({
        subject: `pool/${name}`,
        outcome: 'hold',
        reason: 'capacity-overdue',
        from: fromUnits,
        to: fromUnits,
        sentence: `${poolOverdue(pool)}: it isn't waited for any longer than ${policy.bootSeconds} s`,
        figures,
      });
    } else {
      decisions.push({
        subject: `pool/${name}`,
        outcome: 'hold',
        reason: 'steady',
        from: fromUnits,
        to: fromUnits,
        sentence: `${name}: ${pool.serving.length} of ${units(fromUnits)} serve`,
        figures,
      });
    }
  }
  for (const { name, kind, id } of cluster.absent)
    decisions.push({
      subject: `pool/${name}`,
      outcome: 'hold',
      reason: 'missing-data',
      from: null,
      to: null,
      sentence: `${name}: there is no ${kind} ${id}, or it can't be read; it is neither asked for instances nor made smaller`,
      figures: { kind, id },
    });
  return { decisions, actions, isOut: actions.length > 0 };
};

const poolFigures = (pool: PoolStanding): Record<string, number | string | null> => ({
  targetUnits: pool.facts.targetUnits,
  serving: pool.serving.length,
  starting: pool.starting.length,
  owedUnits: pool.owedUnits,
  late: pool.late.length,
  overdueUnits: pool.overdueUnits,
  refuses: pool.refuses,
});

const poolOverdue = ({ policy, overdueUnits, late, facts }: PoolStanding): string => {
  const parts = [
    ...(overdueUnits > 0 ? [`${policy.name} owes ${overdueUnits} of ${units(facts.targetUnits)}`] : []),
    ...(late.length > 0
      ? [
          `${late
            .map(({ member }) => member.instanceId)
            .slice(0, 5)
            .join(', ')} of ${policy.name} never took a task`,
        ]
      : []),
  ];
  return parts.join(', and ');
};

const overdueWords = ({ pools }: ClusterStanding): string =>
  pools.filter(isOverdue).map(poolOverdue).join('; ');
