import type { MetricQuery } from '../../platform/ports/metric-source.ts';
import type { MetricReference, ServicePolicy, ServiceRule } from '../policy/scaling-policy.ts';

/** One query, however many rules look at it. */
export interface PlannedQuery {
  readonly query: MetricQuery;
  /** The earliest that any rule looks at. */
  readonly fromMillis: number;
}

export interface PlannedReads {
  /** By key. */
  readonly queries: ReadonlyMap<string, PlannedQuery>;
  /** By service: of each of its rules, which queries it looks at and since when. */
  readonly rules: ReadonlyMap<string, readonly RuleReads[]>;
}

export interface RuleReads {
  readonly key: string;
  /** Of a queue: messages in work. */
  readonly inWorkKey: string | null;
  readonly fromMillis: number;
}

/** Pure: what is to be asked so that every rule has the readings that it may look at, and no more. */
export const planMetricReads = (
  cluster: string,
  services: readonly ServicePolicy[],
  nowMillis: number,
): PlannedReads => {
  const queries = new Map<string, PlannedQuery>();
  const ask = (query: MetricQuery, fromMillis: number): string => {
    const key = keyOf(query);
    const known = queries.get(key);
    queries.set(key, { query, fromMillis: Math.min(fromMillis, known?.fromMillis ?? fromMillis) });
    return key;
  };
  const rules = new Map(
    services.map((service) => [
      service.service,
      service.rules.map((rule): RuleReads => {
        const fromMillis = nowMillis - windowSeconds(rule, service.staleSeconds) * 1000;
        const [query, inWork] = queriesOf(rule.metric, cluster, service.service);
        return {
          key: ask(query, fromMillis),
          inWorkKey: inWork === undefined ? null : ask(inWork, fromMillis),
          fromMillis,
        };
      }),
    ]),
  );
  return { queries, rules };
};

/** A reading counts until it is stale, and so many before it with it. */
const windowSeconds = (rule: ServiceRule, staleSeconds: number): number => {
  const periods = rule.kind === 'steps' ? Math.max(rule.outPeriods, rule.inPeriods, 1) : 1;
  return staleSeconds + periods * rule.metric.periodSeconds;
};

/** Names and dimensions as the user guides of ECS, Application Load Balancers and SQS list them. */
const queriesOf = (
  metric: MetricReference,
  cluster: string,
  service: string,
): readonly [MetricQuery, MetricQuery?] => {
  const { periodSeconds } = metric;
  const cloudWatch = (
    namespace: string,
    name: string,
    statistic: string,
    dimensions: Readonly<Record<string, string>>,
  ): MetricQuery => ({ kind: 'cloudWatch', namespace, name, dimensions, statistic, periodSeconds });
  switch (metric.kind) {
    case 'cpu':
    case 'memory': {
      const name = metric.kind === 'cpu' ? 'CPUUtilization' : 'MemoryUtilization';
      return [cloudWatch('AWS/ECS', name, 'Average', { ClusterName: cluster, ServiceName: service })];
    }
    case 'requestsPerTarget':
      // Its only statistic that means anything is Sum: it is of one target already.
      return [
        cloudWatch('AWS/ApplicationELB', 'RequestCountPerTarget', 'Sum', { TargetGroup: metric.targetGroup }),
      ];
    case 'queueDepth': {
      const dimensions = { QueueName: metric.queue };
      return [
        cloudWatch('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Average', dimensions),
        cloudWatch('AWS/SQS', 'ApproximateNumberOfMessagesNotVisible', 'Average', dimensions),
      ];
    }
    case 'cloudWatch':
      return [cloudWatch(metric.namespace, metric.name, metric.statistic, metric.dimensions)];
    case 'prometheus':
      return [{ kind: 'prometheus', query: metric.query, periodSeconds }];
  }
};

const keyOf = (query: MetricQuery): string =>
  query.kind === 'prometheus'
    ? JSON.stringify([query.periodSeconds, query.query])
    : JSON.stringify([
        query.periodSeconds,
        query.namespace,
        query.name,
        query.statistic,
        Object.entries(query.dimensions).sort(([a], [b]) => (a < b ? -1 : 1)),
      ]);
