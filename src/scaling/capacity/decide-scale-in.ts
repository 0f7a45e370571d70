import type { ServiceSnapshot } from '../cluster-snapshot.ts';
import { hasPassed } from '../has-passed.ts';
import type { CapacityPolicy, CapacityScaleIn } from '../policy/scaling-policy.ts';
import type { DecisionReason, ScalingAction, ScalingDecision } from '../scaling-decision.ts';
import type { CapacityMemory } from '../scaling-memory.ts';
import { instances, tasks } from './capacity-words.ts';
import { decideUnneeded } from './decide-unneeded.ts';
import { type Candidate, orderCandidates } from './order-candidates.ts';
import { headroomDemands } from './plan-capacity.ts';
import type { CapacityView } from './view-capacity.ts';

export interface ScaleInDecided {
  readonly decisions: readonly ScalingDecision[];
  readonly actions: readonly ScalingAction[];
  readonly begun: readonly Candidate[];
  readonly drains: CapacityMemory['drains'];
  readonly unneededSince: CapacityMemory['unneededSince'];
  readonly passedOverUntil: CapacityMemory['passedOverUntil'];
  /** What keeps instances that aren't needed; null when none are, or when they go. */
  readonly waits: { readonly reason: DecisionReason; readonly sentence: string } | null;
}

/** Null while nothing may be removed: a signal asks for more, or what is wanted isn't known. */
export const candidatesOf = (
  { cluster, plan, unplaced }: CapacityView,
  policy: CapacityPolicy,
  scaleIn: CapacityScaleIn,
  memory: CapacityMemory,
): readonly Candidate[] | null => {
  const isVetoed = plan.signals.length > 0 || unplaced.unread.length > 0;
  return isVetoed ? null : orderCandidates(cluster, policy, scaleIn, memory, plan.minimum);
};

/**
 * Which instances go: those that were unneeded for long enough, a few at a time. What is unneeded is found anew at each
 * tick; the clock of an instance runs only while it is. Pure.
 */
export const decideScaleIn = (
  view: CapacityView,
  policy: CapacityPolicy,
  memory: CapacityMemory,
  services: readonly ServiceSnapshot[],
): ScaleInDecided => {
  const { scaleIn } = policy;
  const { cluster, plan, unplaced } = view;
  const { passedOverUntil } = memory;
  const nothing = {
    decisions: [],
    actions: [],
    begun: [],
    drains: {},
    unneededSince: {},
    passedOverUntil,
    waits: null,
  };
  if (scaleIn === null) return nothing;
  const ordered = candidatesOf(view, policy, scaleIn, memory);
  if (ordered === null) {
    const were = Object.keys(memory.unneededSince);
    if (were.length === 0) return nothing;
    const sentence = `${wereUnneeded(were.length)}, until ${plan.signals.at(-1) ?? 'something unknown'} asked for more`;
    return { ...nothing, waits: { reason: 'vetoed', sentence } };
  }
  const { atMillis } = cluster;
  const waiting = [
    ...plan.placements.filter(({ refusal }) => refusal === null).map(({ demand }) => demand),
    ...unplaced.young,
  ];
  const { chosen, kept } = decideUnneeded({
    cluster,
    policy,
    scaleIn,
    candidates: ordered.filter(({ instance }) => instance.tasks !== undefined),
    services,
    waiting,
    headroom: headroomDemands(policy),
    minimum: plan.minimum,
  });
  const unneededSince: CapacityMemory['unneededSince'] = {};
  for (const {
    instance: { instanceId },
  } of chosen)
    unneededSince[instanceId] = memory.unneededSince[instanceId] ?? atMillis;
  const passed = [...kept].flatMap(([id, { isItsOwn }]) =>
    isItsOwn ? [[id, atMillis + scaleIn.unneededSeconds * 1000] as const] : [],
  );
  const found = {
    ...nothing,
    unneededSince,
    passedOverUntil: { ...passedOverUntil, ...Object.fromEntries(passed) },
  };

  const running = Object.keys(memory.drains).length;
  const count = cluster.pools.reduce((sum, pool) => sum + pool.instances, 0);
  const surplus = Math.max(0, count - running - policy.maximum);
  const isRipe = ({ instance: { instanceId } }: Candidate, index: number): boolean =>
    index < surplus || hasPassed(unneededSince[instanceId] ?? atMillis, scaleIn.unneededSeconds, atMillis);
  const ripe = chosen.filter(isRipe);
  const [first] = kept;
  if (chosen.length === 0 && first !== undefined)
    return {
      ...found,
      waits: { reason: 'steady', sentence: `no instance can go: ${first[0]}, because ${first[1].why}` },
    };
  if (chosen.length === 0) return found;
  const wait = (reason: DecisionReason, sentence: string): ScaleInDecided => ({
    ...found,
    waits: { reason, sentence },
  });
  if (ripe.length === 0)
    return wait(
      'unneeded-too-short',
      `${areUnneeded(chosen.length)}, none for ${scaleIn.unneededSeconds} s yet`,
    );
  if (!hasPassed(memory.lastOutMillis, scaleIn.afterOutSeconds, atMillis) && surplus === 0)
    return wait(
      'cooldown',
      `${areUnneeded(ripe.length)}, but it isn't ${scaleIn.afterOutSeconds} s yet since some were added`,
    );
  const begun = ripe.slice(0, Math.max(0, scaleIn.mostAtOnce - running));
  if (begun.length === 0)
    return wait(
      'cooldown',
      `${areUnneeded(ripe.length)}, but ${running} ${running === 1 ? 'is' : 'are'} being drained already`,
    );
  return { ...found, begun, ...beginDrains(begun, view, unneededSince, surplus) };
};

const areUnneeded = (count: number): string => `${instances(count)} ${count === 1 ? 'is' : 'are'} unneeded`;
const wereUnneeded = (count: number): string =>
  `${instances(count)} ${count === 1 ? 'was' : 'were'} unneeded`;

const beginDrains = (
  begun: readonly Candidate[],
  { cluster }: CapacityView,
  unneededSince: CapacityMemory['unneededSince'],
  surplus: number,
): Pick<ScaleInDecided, 'actions' | 'decisions' | 'drains'> => {
  const { atMillis } = cluster;
  const drains: CapacityMemory['drains'] = {};
  const decisions: ScalingDecision[] = [];
  for (const [index, { instance, pool, weight }] of begun.entries()) {
    const { instanceId } = instance;
    const earlier = cluster.facts.get(instanceId)?.drainId;
    drains[instanceId] = {
      drainId: '',
      pool: pool.policy.name,
      weight,
      askedAtMillis: atMillis,
      ...(earlier === undefined ? {} : { earlierDrainId: earlier }),
    };
    const moved = (instance.tasks ?? []).filter(({ isDaemon }) => !isDaemon).length;
    const seconds = Math.round((atMillis - (unneededSince[instanceId] ?? atMillis)) / 1000);
    const isAbove = index < surplus;
    decisions.push({
      subject: `instance/${instanceId}`,
      outcome: 'in',
      reason: isAbove ? 'above-maximum' : 'unneeded',
      from: null,
      to: null,
      sentence: `${instanceId} of ${pool.policy.name} is drained: its ${tasks(moved)} fit elsewhere${isAbove ? ', and there are more instances than the maximum' : `, for ${seconds} s by now`}`,
      figures: { pool: pool.policy.name, tasks: moved, unneededSeconds: seconds, weight },
    });
  }
  return {
    drains,
    decisions,
    actions: begun.map(({ instance: { instanceId }, pool, weight }) => ({
      kind: 'beginDrain',
      pool: pool.policy.name,
      instanceId,
      weight,
    })),
  };
};
