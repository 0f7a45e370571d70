import type { MetricPoint, MetricReadings } from '../cluster-snapshot.ts';
import type { StepsRule } from '../policy/scaling-policy.ts';
import { demandOfReading } from './demand-of-reading.ts';
import { formatSeconds, formatTasks, metricName, metricNumber, metricValue } from './metric-words.ts';
import type { RuleFinding, RuleQuestion } from './rule-finding.ts';
import { freshReadings } from './service-readings.ts';
import { type DemandRange, stepFor, type TakenStep, tasksAfterStep } from './step-tasks.ts';

/**
 * Tasks that are ordered and don't come are no surplus, and what the others show may have ended at its most: so nothing is
 * removed unless those that ran are below the threshold themselves.
 */
const demandOf = (rule: StepsRule, point: MetricPoint, { counts, desired }: RuleQuestion): DemandRange => {
  const { least, most } = demandOfReading(rule.metric, point, counts);
  return { least, most: rule.metric.per === 'task' ? Math.max(most, point.value * desired) : most };
};

/** The last `periods` readings as one: what all of them agree to at least in each direction. Null when there are fewer. */
const agreed = (
  rule: StepsRule,
  points: readonly MetricPoint[],
  question: RuleQuestion,
): { readonly out: DemandRange | null; readonly in: DemandRange | null } => {
  const demands = points.map((point) => demandOf(rule, point, question));
  const last = (periods: number) => (demands.length < periods ? null : demands.slice(-periods));
  const out = last(rule.outPeriods);
  const inward = last(rule.inPeriods);
  return {
    out: out && { least: Math.min(...out.map(({ least }) => least)), most: Number.POSITIVE_INFINITY },
    in: inward && { least: Number.NEGATIVE_INFINITY, most: Math.max(...inward.map(({ most }) => most)) },
  };
};

const stepWords = (rule: StepsRule, step: TakenStep): string =>
  step.direction === 'out'
    ? `above ${metricNumber(rule.metric, step.threshold)}: add ${step.tasks}`
    : `below ${metricNumber(rule.metric, step.threshold)}: remove ${step.tasks}`;

/**
 * What a `steps` rule recommends: thresholds are compared with what the tasks that are ordered now would show, so a step
 * isn't repeated while its tasks are still on their way.
 */
export const recommendBySteps = (
  rule: StepsRule,
  readings: MetricReadings | undefined,
  question: RuleQuestion,
): RuleFinding => {
  const { desired, policy, atMillis } = question;
  const { metric } = rule;
  const name = metricName(metric);
  const fresh = freshReadings(readings, metric.periodSeconds, atMillis, policy.staleSeconds);
  const stay = { tasks: desired, figures: {}, toward: 'threshold' } as const;
  if (fresh.kind === 'missing')
    return { ...stay, hold: 'missing-data', words: `no reading of ${name}: ${fresh.why}` };
  if (fresh.kind === 'stale')
    return {
      ...stay,
      hold: 'stale-data',
      words: `the last reading of ${name} is ${formatSeconds(fresh.ageSeconds)} old`,
    };
  if (metric.per === 'task' && desired === 0)
    return { ...stay, hold: 'missing-data', words: `${name} says nothing while there are no tasks` };

  const latest = demandOf(rule, fresh.latest, question);
  const divisor = metric.per === 'task' ? desired : 1;
  const figures = {
    [name]: fresh.latest.value,
    projectedLeast: latest.least / divisor,
    projectedMost: latest.most / divisor,
  };
  const now = stepFor(rule, desired, latest);
  const projected = (now?.direction === 'in' ? latest.most : latest.least) / divisor;
  const reading =
    metric.per === 'total' || Math.abs(projected - fresh.latest.value) < 0.005 * projected
      ? `${formatTasks(desired)} at ${metricValue(metric, fresh.latest.value)}`
      : `${metricValue(metric, fresh.latest.value)}, which is ${metricNumber(metric, projected)} with the ${formatTasks(desired)} that are ordered`;
  if (now === null) return { ...stay, figures, hold: 'steady', words: `${reading}, between the thresholds` };

  const periods = now.direction === 'out' ? rule.outPeriods : rule.inPeriods;
  const demand = agreed(rule, fresh.points, question)[now.direction];
  const step = demand && stepFor(rule, desired, demand);
  const words = `${reading}, ${stepWords(rule, step ?? now)}`;
  if (step === null)
    return { ...stay, figures, hold: 'periods', words: `${words} after ${periods} such readings in a row` };
  return { ...stay, figures, hold: 'steady', words, tasks: tasksAfterStep(policy, desired, step) };
};
