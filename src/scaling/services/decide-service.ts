import type { ServiceSnapshot } from '../cluster-snapshot.ts';
import { floorAt } from '../policy/floor-at.ts';
import type { ScalingPolicy, ServicePolicy } from '../policy/scaling-policy.ts';
import type { DecisionReason, ScalingDecision } from '../scaling-decision.ts';
import type { ServiceMemory } from '../scaling-memory.ts';
import { rememberCount } from './demand-of-reading.ts';
import { type Bounds, withinBounds } from './limit-step.ts';
import { type Course, planCourse } from './plan-course.ts';
import { rememberRecommendation } from './stabilise.ts';
import { wantedTasks } from './wanted-tasks.ts';

export interface DecidedService {
  readonly decision: ScalingDecision;
  readonly memory: ServiceMemory;
}

/** Counts must reach back to the start of the oldest reading that may still be used. */
const countsSeconds = ({ rules, staleSeconds }: ServicePolicy): number =>
  staleSeconds +
  Math.max(
    0,
    ...rules.map((rule) =>
      rule.kind === 'track'
        ? rule.metric.periodSeconds
        : rule.metric.periodSeconds * Math.max(rule.outPeriods, rule.inPeriods),
    ),
  );

/** Minimum and maximum at an instant: a floor raises the minimum, and nothing is above the maximum. */
export const boundsAt = (policy: ServicePolicy, atMillis: number): Bounds => ({
  minimum: Math.min(policy.maximum, Math.max(policy.minimum, floorAt(policy.floors, atMillis))),
  maximum: policy.maximum,
});

/** A count outside its bounds comes back at once, whatever forbids other steps. */
const bringBack = (policy: ServicePolicy, bounds: Bounds, desired: number, course: Course): Course => {
  const to = withinBounds(bounds, course.to);
  if (desired > bounds.maximum && to === bounds.maximum)
    return { to, reason: 'above-maximum', words: `${desired} is above the maximum of ${to}` };
  if (desired < bounds.minimum && to === bounds.minimum)
    return bounds.minimum > policy.minimum
      ? { to, reason: 'floor', words: `${desired} is below the floor of ${to} that holds now` }
      : { to, reason: 'below-minimum', words: `${desired} is below the minimum of ${to}` };
  return { ...course, to };
};

const outcomeOf = (from: number, to: number): ScalingDecision['outcome'] => {
  if (to === from) return 'hold';
  return to > from ? 'out' : 'in';
};

/** What was last set and isn't any more: changed by others, or never carried out. */
const changedWords = (lastSet: number | null, desired: number): string =>
  lastSet === null || lastSet === desired
    ? ''
    : `${desired} ordered though ${lastSet} was last set here (somebody else changed it, or it could not be carried out)`;

/**
 * A count that others set is the new start. One that a deployment lowered is remembered until it is over, so that what demand
 * still needs of it can be restored.
 */
const nextLastSet = (lastSet: number | null, isDeploying: boolean, desired: number): number | null => {
  if (lastSet === null) return null;
  return isDeploying && desired < lastSet ? lastSet : desired;
};

export const decideService = (
  atMillis: number,
  service: ServiceSnapshot,
  policy: ServicePolicy,
  earlier: ServiceMemory,
  { dryRun, everySeconds }: Pick<ScalingPolicy, 'dryRun' | 'everySeconds'>,
): DecidedService => {
  const { desiredCount: desired, runningCount: running, isDeploying } = service;
  const counts = rememberCount(earlier.counts, { atMillis, running }, countsSeconds(policy) * 1000);
  const wanted = wantedTasks(service.readings, { atMillis, policy, desired, counts });
  const { deployingSinceMillis = atMillis, ...kept } = earlier;
  const memory: ServiceMemory = {
    ...kept,
    ...(isDeploying ? { deployingSinceMillis } : {}),
    counts,
    recommendations: rememberRecommendation(
      earlier.recommendations,
      { atMillis, desired, wanted: wanted.shownTasks },
      policy,
      everySeconds,
    ),
  };
  const bounds = boundsAt(policy, atMillis);
  const course = bringBack(
    policy,
    bounds,
    desired,
    planCourse({ atMillis, policy, bounds, desired, isDeploying, wanted, memory }),
  );
  const outcome = outcomeOf(desired, course.to);
  const changed = changedWords(earlier.lastSet, desired);
  const reason: DecisionReason = outcome === 'hold' && changed !== '' ? 'changed-by-others' : course.reason;
  const end =
    outcome === 'hold' ? `${desired} ${desired === 1 ? 'stays' : 'stay'}` : `${desired} becomes ${course.to}`;
  const because = [changed, wanted.words, course.words].filter((words) => words !== '').join('; ');
  const isDone = outcome !== 'hold' && !dryRun;
  return {
    decision: {
      subject: `service/${service.service}`,
      outcome,
      reason,
      from: desired,
      to: course.to,
      sentence: `${service.service}: ${because}: ${end}.`,
      figures: {
        desired,
        running,
        wanted: wanted.tasks,
        minimum: bounds.minimum,
        maximum: bounds.maximum,
        lastSet: earlier.lastSet,
        ...wanted.finding.figures,
      },
    },
    memory: {
      ...memory,
      lastOutMillis: isDone && outcome === 'out' ? atMillis : earlier.lastOutMillis,
      lastInMillis: isDone && outcome === 'in' ? atMillis : earlier.lastInMillis,
      lastSet: isDone ? course.to : nextLastSet(earlier.lastSet, isDeploying, desired),
    },
  };
};
