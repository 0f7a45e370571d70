import type { MetricReference, ServicePolicy, StepsRule, ThresholdStep } from '../policy/scaling-policy.ts';
import { limitStep, withinBounds } from './limit-step.ts';

/** Demand as one task alone would show it, or a total: at least and at most so much, where the count that it was measured with is uncertain. */
export interface DemandRange {
  readonly least: number;
  readonly most: number;
}

export interface TakenStep extends ThresholdStep {
  readonly direction: 'out' | 'in';
}

/** What a threshold amounts to in demand. Compared as a product, so that a demand of `tasks * threshold` is on it exactly. */
export const demandAtThreshold = (per: MetricReference['per'], threshold: number, tasks: number): number =>
  per === 'task' ? threshold * tasks : threshold;

const lastPassed = (
  steps: readonly ThresholdStep[],
  isPassed: (threshold: number) => boolean,
): ThresholdStep | undefined => steps.findLast((step) => isPassed(step.threshold));

/**
 * The step that a demand takes with so many tasks, null when it lies between the thresholds. A service without tasks has
 * no average over tasks, so it takes none.
 */
export const stepFor = (rule: StepsRule, tasks: number, demand: DemandRange): TakenStep | null => {
  const { per } = rule.metric;
  if (per === 'task' && tasks === 0) return null;
  const at = (threshold: number) => demandAtThreshold(per, threshold, tasks);
  const up = lastPassed(rule.above, (threshold) => demand.least > at(threshold));
  if (up !== undefined) return { ...up, direction: 'out' };
  const down = lastPassed(rule.below, (threshold) => demand.most < at(threshold));
  return down === undefined ? null : { ...down, direction: 'in' };
};

/** How many tasks a step leads to: limits in, minimum and maximum not yet. */
export const tasksAfterStep = (service: ServicePolicy, tasks: number, step: TakenStep | null): number => {
  if (step === null) return tasks;
  return limitStep(service, tasks, step.direction === 'out' ? tasks + step.tasks : tasks - step.tasks);
};

/** One step of a service at constant demand: what decisions come to when nothing holds them back. */
export const nextTasks = (
  service: ServicePolicy,
  rule: StepsRule,
  minimum: number,
  tasks: number,
  demand: number,
): number =>
  withinBounds(
    { minimum, maximum: service.maximum },
    tasksAfterStep(service, tasks, stepFor(rule, tasks, { least: demand, most: demand })),
  );
