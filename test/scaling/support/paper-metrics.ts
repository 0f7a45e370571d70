import { MetricsRefusedError } from '../../../src/errors.ts';
import type {
  MetricPage,
  MetricQuery,
  MetricSource,
  MetricWindow,
} from '../../../src/platform/ports/metric-source.ts';

/** A source in which a number stays what it is: by the query's service, queue, name or text. */
export class PaperMetrics implements MetricSource {
  readonly queriesPerCall: number;
  readonly values = new Map<string, number>();
  /** Those that are refused, and every call that they are in. */
  readonly wrong = new Set<string>();
  readonly asked: { readonly queries: readonly MetricQuery[]; readonly window: MetricWindow }[] = [];
  /** Where there are more points of a query, there is another page. */
  pointsPerPage = Number.POSITIVE_INFINITY;

  constructor(queriesPerCall: number) {
    this.queriesPerCall = queriesPerCall;
  }

  async read(queries: readonly MetricQuery[], window: MetricWindow, next?: string): Promise<MetricPage> {
    if (queries.length === 0 || queries.length > this.queriesPerCall)
      throw new MetricsRefusedError(`${queries.length} queries at once`);
    this.asked.push({ queries, window });
    if (queries.some((query) => this.wrong.has(subjectOf(query))))
      return {
        series: queries.map(() => ({ points: [], failure: 'no such statistic' })),
        ...(queries.length > 1 ? { isDivisible: true } : {}),
      };
    const from = Number(next ?? 0);
    const all = queries.map((query) => pointsOf(query, window, this.values.get(subjectOf(query))));
    const series = all.map((points) => ({ points: points.slice(from, from + this.pointsPerPage) }));
    const hasMore = all.some(({ length }) => length > from + this.pointsPerPage);
    return { series, ...(hasMore ? { next: String(from + this.pointsPerPage) } : {}) };
  }
}

const subjectOf = (query: MetricQuery): string => {
  if (query.kind === 'prometheus') return query.query;
  const { ServiceName, QueueName } = query.dimensions;
  return ServiceName ?? (QueueName === undefined ? query.name : `${QueueName} ${query.name}`);
};

const pointsOf = (
  { periodSeconds }: MetricQuery,
  { fromMillis, toMillis }: MetricWindow,
  value: number | undefined,
): { readonly atMillis: number; readonly value: number }[] => {
  if (value === undefined) return [];
  const periodMillis = periodSeconds * 1000;
  const first = Math.floor(fromMillis / periodMillis) + 1;
  const last = Math.floor(toMillis / periodMillis);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => ({
    atMillis: (first + n) * periodMillis,
    value,
  }));
};
