import { unitsWritten } from '../policy/describe-metric.ts';
import type { MetricReference } from '../policy/scaling-policy.ts';

/** Three digits are what a decision's reader can use. */
export const formatFigure = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 1000
    ? String(Math.round(value))
    : String(Number(value.toPrecision(3)));

export const formatTasks = (tasks: number): string =>
  `${formatFigure(tasks)} ${tasks === 1 ? 'task' : 'tasks'}`;

/** `7.03 tasks' worth`. */
export const formatWorth = (tasks: number): string =>
  `${formatFigure(tasks)} ${tasks === 1 ? "task's" : "tasks'"} worth`;

/** `is` after what is one. */
export const isOrAre = (count: number): string => (count === 1 ? 'is' : 'are');

export const formatSeconds = (seconds: number): string => `${Math.round(seconds)} s`;

/** What a metric is called in a sentence. */
export const metricName = (metric: MetricReference): string => {
  switch (metric.kind) {
    case 'cpu':
      return 'CPU';
    case 'memory':
      return 'memory';
    case 'requestsPerTarget':
      return 'requests a target';
    case 'queueDepth':
      return `messages in ${metric.queue}`;
    case 'cloudWatch':
      return `${metric.namespace} ${metric.name}`;
    case 'prometheus':
      return metric.query.length <= 60 ? metric.query : `${metric.query.slice(0, 59)}…`;
  }
};

/** A number of the metric in the unit that policies are written in: `82%`, `20/s`. */
export const metricNumber = (metric: MetricReference, value: number): string => {
  const amount = formatFigure(value / unitsWritten(metric));
  if (metric.kind === 'cpu' || metric.kind === 'memory') return `${amount}%`;
  return metric.kind === 'requestsPerTarget' ? `${amount}/s` : amount;
};

/** A reading in words: `82% CPU`, `30 messages in jobs`, `20/s of requests a target`. */
export const metricValue = (metric: MetricReference, value: number): string => {
  const isPlain = metric.kind === 'cpu' || metric.kind === 'memory' || metric.kind === 'queueDepth';
  return `${metricNumber(metric, value)}${isPlain ? '' : ' of'} ${metricName(metric)}`;
};
