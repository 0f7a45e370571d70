import type { MetricReadings } from '../cluster-snapshot.ts';
import type { TrackRule } from '../policy/scaling-policy.ts';
import { ceilTasks } from './limit-step.ts';
import { formatSeconds, metricName } from './metric-words.ts';
import type { RuleFinding, RuleQuestion } from './rule-finding.ts';
import { freshReadings } from './service-readings.ts';
import type { DemandRange } from './step-tasks.ts';
import { type Worth, worthOfQueue, worthOfReading } from './worth-of-readings.ts';

/**
 * How many tasks so much work keeps at its target. As a Kubernetes HPA has it: nothing while the ratio of metric to target is
 * within the tolerance of 1, else ceil(tasks * ratio), which is ceil(demand / target)
 * (https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details). It is the delta of
 * atlassian/escalator too, which adds ceil(tasks * (value - target) / target) (pkg/controller/util.go).
 */
const tasksForWorth = (desired: number, worth: DemandRange, tolerance: number): number => {
  /* 1.1 is within 0.1 of 1, which floating point numbers don't say. */
  const outside = desired * (tolerance + 1e-9);
  if (worth.least - desired > outside) return ceilTasks(worth.least);
  if (desired - worth.most > outside) return ceilTasks(worth.most);
  return desired;
};

/** Neither what is only assumed, nor what tasks would have shown that may not have run yet. */
const surelyShown = ({ least, shown }: Worth): DemandRange => {
  const surely = shown?.least ?? least;
  return { least: surely, most: surely };
};

/** What a `track` rule recommends. */
export const recommendByTarget = (
  rule: TrackRule,
  readings: MetricReadings | undefined,
  question: RuleQuestion,
): RuleFinding => {
  const { desired, policy, atMillis } = question;
  const { metric } = rule;
  const name = metricName(metric);
  const blind = (hold: 'missing-data' | 'stale-data', words: string): RuleFinding => ({
    tasks: desired,
    hold,
    words,
    figures: {},
    toward: 'target',
  });
  const read = (from: Parameters<typeof freshReadings>[0]) =>
    freshReadings(from, metric.periodSeconds, atMillis, policy.staleSeconds);

  const fresh = read(readings);
  if (fresh.kind === 'missing') return blind('missing-data', `no reading of ${name}: ${fresh.why}`);
  if (fresh.kind === 'stale')
    return blind('stale-data', `the last reading of ${name} is ${formatSeconds(fresh.ageSeconds)} old`);
  if (metric.per === 'task' && desired === 0)
    return blind('missing-data', `${name} says nothing while there are no tasks`);

  const finding = (worth: Worth): RuleFinding => {
    const tasks = tasksForWorth(desired, worth, rule.tolerance);
    /* Ordered tasks that don't come are no surplus, and what the others show may have ended at its most: as a Kubernetes HPA, which
    changes nothing when pods that aren't ready turn a scale-up into a scale-down (replica_calculator.go). */
    const isShort = metric.per === 'task' && tasks < desired && fresh.latest.value > rule.target;
    return {
      tasks: isShort ? desired : tasks,
      shownTasks: tasksForWorth(desired, surelyShown(worth), rule.tolerance),
      hold: 'steady',
      words: isShort ? `${worth.words}, but those that run are above it` : worth.words,
      figures: { [name]: fresh.latest.value, worthLeast: worth.least, worthMost: worth.most },
      toward: 'target',
    };
  };
  if (metric.kind !== 'queueDepth') return finding(worthOfReading(rule, fresh.latest, question));

  const working = read({ points: readings?.inWork ?? [] });
  if (working.kind === 'fresh')
    return finding(worthOfQueue(rule, metric.inWorkPerTask, fresh.latest, working.latest));
  /* A backlog alone says that there is work, and never that there is none. */
  const backlog = finding(worthOfQueue(rule, metric.inWorkPerTask, fresh.latest, null));
  return backlog.tasks > desired
    ? backlog
    : blind(
        working.kind === 'stale' ? 'stale-data' : 'missing-data',
        `${backlog.words}, and how many are in work isn't known`,
      );
};
