import type { ServicePolicy, StepsRule } from '../policy/scaling-policy.ts';
import { roundestBetween } from './roundest-between.ts';
import { StepForest } from './step-forest.ts';
import { demandAtThreshold, nextTasks, stepFor } from './step-tasks.ts';

/** A constant demand at which a service would be scaled out and in for ever. */
export interface Oscillation {
  /** In the metric's unit, as one task alone would show it. */
  readonly demand: number;
  /** The minimum that held: the service's, or that of one of its floors. */
  readonly minimum: number;
  /** In the order they come about, from the smallest count; after the last comes the first. At least two. */
  readonly cycle: readonly OscillationStep[];
}

export interface OscillationStep {
  readonly tasks: number;
  /** The metric with so many tasks: demand / tasks. */
  readonly value: number;
  readonly direction: 'out' | 'in';
  /** The threshold that is passed. */
  readonly threshold: number;
  /** How many tasks there are then; limits and bounds included. */
  readonly next: number;
}

/** A demand at which one count's next count changes: when it is reached (no longer undercut), or when it is exceeded. */
interface CriticalDemand {
  readonly demand: number;
  readonly tasks: number;
  readonly isExceeded: boolean;
}

/** Larger than any demand and count that can be part of a cycle. */
interface Reach {
  readonly demand: number;
  readonly tasks: number;
}

/**
 * A cycle must leap over all counts between the thresholds, which are those from demand / above to demand / below, both ways. So it
 * needs a step out and a step in that are longer than demand * (1 / below - 1 / above), and its largest count is one step out
 * from below demand / above.
 */
const reachOf = (rule: StepsRule, maximum: number): Reach => {
  const [above] = rule.above;
  const [below] = rule.below;
  if (above === undefined || below === undefined) return { demand: 0, tasks: 0 };
  const longestOut = Math.max(...rule.above.map(({ tasks }) => tasks));
  const longestIn = Math.max(...rule.below.map(({ tasks }) => tasks));
  const gap = 1 / below.threshold - 1 / above.threshold;
  if (!(gap > 0) || below.threshold <= 0) return { demand: Number.POSITIVE_INFINITY, tasks: maximum };
  const demand = (1.000001 * Math.min(longestOut, longestIn)) / gap;
  return { demand, tasks: Math.min(maximum, Math.ceil(demand / above.threshold) + longestOut) };
};

const criticalDemands = (rule: StepsRule, minimum: number, reach: Reach): readonly CriticalDemand[] => {
  const found: CriticalDemand[] = [];
  for (let tasks = minimum; tasks <= reach.tasks; tasks += 1) {
    const add = (threshold: number, isExceeded: boolean) => {
      const demand = demandAtThreshold(rule.metric.per, threshold, tasks);
      if (demand > 0 && demand <= reach.demand) found.push({ demand, tasks, isExceeded });
    };
    for (const { threshold } of rule.above) add(threshold, true);
    for (const { threshold } of rule.below) add(threshold, false);
  }
  return found.sort((a, b) => a.demand - b.demand || Number(a.isExceeded) - Number(b.isExceeded));
};

/** The cycle that a count is on, at a demand at which it is on one. */
const describeCycle = (
  service: ServicePolicy,
  rule: StepsRule,
  minimum: number,
  demand: number,
  onCycle: number,
): Oscillation => {
  const steps: OscillationStep[] = [];
  let tasks = onCycle;
  do {
    const step = stepFor(rule, tasks, { least: demand, most: demand });
    const next = nextTasks(service, rule, minimum, tasks, demand);
    if (step !== null) {
      const { direction, threshold } = step;
      steps.push({ tasks, value: demand / tasks, direction, threshold, next });
    }
    tasks = next;
  } while (tasks !== onCycle);
  const fewest = Math.min(...steps.map((step) => step.tasks));
  const start = steps.findIndex((step) => step.tasks === fewest);
  return { demand, minimum, cycle: [...steps.slice(start), ...steps.slice(0, start)] };
};

/**
 * Goes through all demands from zero up. Between two critical demands no count's next count changes, and at each only those
 * change that it belongs to; so a cycle that wasn't there before goes through one of these.
 */
const findOscillation = (service: ServicePolicy, rule: StepsRule, minimum: number): Oscillation | null => {
  const reach = reachOf(rule, service.maximum);
  if (reach.tasks <= minimum) return null;
  const criticals = criticalDemands(rule, minimum, reach);
  const forest = new StepForest(reach.tasks - minimum + 1);
  const changed = new Set<number>();

  const settle = (demand: number): Oscillation | null => {
    for (const tasks of changed) forest.cut(tasks - minimum);
    for (const tasks of changed) {
      const next = nextTasks(service, rule, minimum, tasks, demand);
      if (next === tasks) continue;
      if (forest.rootOf(next - minimum) === tasks - minimum)
        return describeCycle(service, rule, minimum, demand, tasks);
      forest.link(tasks - minimum, next - minimum);
    }
    changed.clear();
    return null;
  };

  for (let tasks = minimum; tasks <= reach.tasks; tasks += 1) changed.add(tasks);
  let found = settle(0);
  for (let index = 0; found === null && index < criticals.length; ) {
    const demand = criticals[index]?.demand ?? 0;
    const take = (isExceeded: boolean) => {
      for (; criticals[index]?.demand === demand && criticals[index]?.isExceeded === isExceeded; index += 1)
        changed.add(criticals[index]?.tasks ?? 0);
    };
    take(false);
    found = settle(demand);
    take(true);
    /* Where floating point has no number between two critical demands, what changed after the first is settled at the second. */
    const beyond = roundestBetween(demand, criticals[index]?.demand ?? Math.min(2 * demand, reach.demand));
    if (found === null && beyond !== null) found = settle(beyond);
  }
  return found;
};

/**
 * Whether a service's steps can oscillate: whether for some constant demand the counts that its steps lead to come back to one
 * that was left. Exact for every demand, and for each minimum that holds at some time. Null when none does. A target can't
 * oscillate: ceil(demand / target) doesn't depend on the count; nor can steps on a total, which doesn't fall when tasks are added.
 */
export function decideOscillation(service: ServicePolicy): Oscillation | null {
  const rule = service.rules.find(
    (candidate): candidate is StepsRule => candidate.kind === 'steps' && candidate.metric.per === 'task',
  );
  if (rule === undefined) return null;
  const minima = new Set([
    service.minimum,
    ...service.floors.map(({ minimum }) => Math.min(service.maximum, Math.max(service.minimum, minimum))),
  ]);
  for (const minimum of minima) {
    const found = findOscillation(service, rule, minimum);
    if (found !== null) return found;
  }
  return null;
}
