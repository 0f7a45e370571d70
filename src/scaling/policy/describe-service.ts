import { counted, formatNumber, formatSeconds, listed } from '../../document/format-quantity.ts';
import { formatMetric, metricName } from './describe-metric.ts';
import type { DirectionPolicy, Floor, ServicePolicy, ServiceRule, StepsRule } from './scaling-policy.ts';

const stepsText = (
  rule: StepsRule,
  key: 'above' | 'below',
  [verb, periods]: readonly [string, number],
): readonly string[] => {
  if (rule[key].length === 0) return [];
  const steps = rule[key].map(
    ({ threshold, tasks }) => `${formatMetric(rule.metric, threshold)} ${verb} ${tasks}`,
  );
  const often = periods === 1 ? '' : ` after ${periods} readings in a row`;
  return [`${key} ${listed(steps)}${often}`];
};

const ruleText = (rule: ServiceRule): string => {
  const { metric } = rule;
  const period = metric.periodSeconds === 60 ? '' : ` (each ${formatSeconds(metric.periodSeconds)})`;
  const name = `${metricName(metric)}${period}`;
  if (rule.kind === 'track') {
    const target = `${name} near ${formatMetric(metric, rule.target)} a task, give or take ${formatNumber(rule.tolerance * 100)}%`;
    if (metric.kind !== 'queueDepth') return target;
    return `${target}, and at most ${formatNumber(metric.inWorkPerTask)} in work a task`;
  }
  const sides = [
    ...stepsText(rule, 'above', ['adds', rule.outPeriods]),
    ...stepsText(rule, 'below', ['removes', rule.inPeriods]),
  ];
  return `${name} ${sides.join('; ')}`;
};

const limitText = ({ mostTasks, mostPercent }: DirectionPolicy): readonly string[] => {
  const limits = [
    ...(mostTasks === null ? [] : [counted(mostTasks, 'task')]),
    ...(mostPercent === null ? [] : [`${formatNumber(mostPercent)}%`]),
  ];
  if (limits.length === 0) return [];
  return [`at most ${limits.join(' or ')}${limits.length > 1 ? ', whichever is more,' : ''} in one step`];
};

const directionText = (direction: DirectionPolicy): string => {
  const parts = [
    ...(direction.cooldownSeconds === 0
      ? []
      : [`${formatSeconds(direction.cooldownSeconds)} after the last change`]),
    ...(direction.stabilisationSeconds === 0
      ? []
      : [`the most cautious of ${formatSeconds(direction.stabilisationSeconds)} counts`]),
    ...limitText(direction),
  ];
  return parts.length === 0 ? 'at once' : parts.join(', ');
};

/** @param things What the floors are minimums of. */
export const floorText = ({ minimum, seconds, cron, timezone }: Floor, things: string): string =>
  `at least ${counted(minimum, things)} for ${formatSeconds(seconds)} from each ${cron} (${timezone})`;

/** A service's policy in a few lines, the first with its name. */
export const describeService = (policy: ServicePolicy): readonly string[] => [
  `${policy.service}: ${formatNumber(policy.minimum)} to ${counted(policy.maximum, 'task')}`,
  ...policy.rules.map((rule) => `  ${ruleText(rule)}`),
  `  out: ${directionText(policy.out)}`,
  `  in: ${directionText(policy.in)}; nothing on readings older than ${formatSeconds(policy.staleSeconds)}`,
  ...policy.floors.map((floor) => `  ${floorText(floor, 'task')}`),
];
