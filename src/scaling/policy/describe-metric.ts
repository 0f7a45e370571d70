import { formatNumber } from '../../document/format-quantity.ts';
import type { MetricReference } from './scaling-policy.ts';

/** What a metric is called in sentences. */
export const metricName = (metric: MetricReference): string => {
  switch (metric.kind) {
    case 'cpu':
      return 'CPU';
    case 'memory':
      return 'memory';
    case 'requestsPerTarget':
      return `requests of a target of ${metric.targetGroup.split('/')[1] ?? metric.targetGroup}`;
    case 'queueDepth':
      return `messages in ${metric.queue}`;
    case 'cloudWatch':
      return `${metric.statistic} of ${metric.namespace} ${metric.name}`;
    case 'prometheus':
      return `query ${metric.query}`;
  }
};

/** How many of the compiled policy's units of a metric are one of those that people write. */
export const unitsWritten = (metric: MetricReference): number =>
  metric.kind === 'requestsPerTarget' ? metric.periodSeconds : 1;

/** A value of a metric in people's units: `31%`, `20/s`, `100`. */
export const formatMetric = (metric: MetricReference, value: number): string => {
  const amount = formatNumber(value / unitsWritten(metric));
  if (metric.kind === 'cpu' || metric.kind === 'memory') return `${amount}%`;
  return metric.kind === 'requestsPerTarget' ? `${amount}/s` : amount;
};
