import type { MetricPoint } from '../cluster-snapshot.ts';
import type { TrackRule } from '../policy/scaling-policy.ts';
import { demandOfReading } from './demand-of-reading.ts';
import {
  formatFigure,
  formatTasks,
  formatWorth,
  isOrAre,
  metricNumber,
  metricValue,
} from './metric-words.ts';
import type { RuleQuestion } from './rule-finding.ts';
import type { DemandRange } from './step-tasks.ts';

/** Readings as the number of tasks that they keep at the target: demand / target. */
export interface Worth extends DemandRange {
  /** What the reading itself shows, where more is assumed. */
  readonly shown?: DemandRange;
  readonly words: string;
}

/** The larger of backlog and work in hand, each by what one task may have of it. */
export const worthOfQueue = (
  rule: TrackRule,
  inWorkPerTask: number,
  visible: MetricPoint,
  inWork: MetricPoint | null,
): Worth => {
  const worth = Math.max(visible.value / rule.target, (inWork?.value ?? 0) / inWorkPerTask);
  const working = inWork === null ? '' : ` and ${formatFigure(inWork.value)} in work`;
  const words = `${metricValue(rule.metric, visible.value)}${working} are ${formatWorth(worth)}`;
  return { least: worth, most: worth, words };
};

/** A CPU that is so full says that more is needed, not how much more. */
const fullCpuPercent = 95;
/**
 * What a full CPU is taken for at least: twice as much as it can show, which is what a Kubernetes HPA's default policy lets a service
 * grow at once (https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#default-behavior). What is
 * too much is seen by the next reading that isn't full.
 */
const assumedWhenFullPercent = 200;

/** A policy that keeps CPUs as full as that doesn't mean more by it: taking them for overloaded would make it oscillate. */
const isFull = ({ metric, target, tolerance }: TrackRule, { value }: MetricPoint): boolean =>
  metric.kind === 'cpu' && value >= fullCpuPercent && target * (1 + tolerance) < fullCpuPercent;

export const worthOfReading = (rule: TrackRule, point: MetricPoint, question: RuleQuestion): Worth => {
  const { metric, target } = rule;
  const shown = demandOfReading(metric, point, question.counts);
  const growth = isFull(rule, point) ? Math.max(1, assumedWhenFullPercent / point.value) : 1;
  const demand = { least: shown.least * growth, most: shown.most * growth };
  const worth = {
    least: demand.least / target,
    most: demand.most / target,
    ...(growth > 1 ? { shown: { least: shown.least / target, most: shown.most / target } } : {}),
  };
  const reading = metricValue(metric, point.value);
  const aim = `at a target of ${metricNumber(metric, target)}`;
  if (metric.per === 'total') return { ...worth, words: `${reading} is ${formatWorth(worth.least)} ${aim}` };
  if (point.value === 0) return { ...worth, words: `${reading} is no work` };
  const least = shown.least / point.value;
  const most = shown.most / point.value;
  const full = growth > 1 ? `, full, so ${metricNumber(metric, assumedWhenFullPercent)} is assumed:` : '';
  const words =
    most - least < 0.05
      ? `${formatTasks(most)} at ${reading}${full === '' ? ` ${isOrAre(most)}` : full} ${formatWorth(worth.most)} ${aim}`
      : `${formatFigure(least)} to ${formatTasks(most)} at ${reading}${full === '' ? ' are' : full} ${formatFigure(worth.least)} to ${formatWorth(worth.most)} ${aim}`;
  return { ...worth, words };
};
