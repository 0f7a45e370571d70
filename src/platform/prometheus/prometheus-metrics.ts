import type { MetricPage, MetricQuery, MetricSource, MetricWindow } from '../ports/metric-source.ts';
import { askPrometheus } from './ask-prometheus.ts';
import { parseMatrix } from './parse-matrix.ts';

export interface PrometheusOptions {
  /** `http://prometheus.internal:9090`, with the path before `/api/v1` where there is one. */
  readonly url: string;
  readonly token?: string;
  /** Of a whole call, and of the query on the server. */
  readonly timeoutSeconds?: number;
  readonly fetch?: typeof fetch;
}

type PrometheusQuery = Extract<MetricQuery, { kind: 'prometheus' }>;

/**
 * The metrics port on Prometheus's HTTP API, version 1: `query_range`, a step for each period. A point is what the query
 * gives at that instant, so a `rate(…[1m])` at a minute's end is about that minute. Each call is one try.
 */
export class PrometheusMetrics implements MetricSource {
  readonly queriesPerCall = 1;
  readonly #options: PrometheusOptions;

  constructor(options: PrometheusOptions) {
    this.#options = options;
  }

  async read(queries: readonly MetricQuery[], window: MetricWindow): Promise<MetricPage> {
    const [query, ...others] = queries;
    if (query === undefined) return { series: [] };
    if (others.length > 0) throw new RangeError('Prometheus takes one query a call');
    if (query.kind !== 'prometheus')
      return { series: [{ points: [], failure: 'Prometheus answers no queries of CloudWatch' }] };
    const steps = stepsOf(query, window);
    if (steps === undefined) return { series: [{ points: [] }] };
    const answer = await askPrometheus(this.#options, { query: query.query, ...steps });
    return {
      series: [
        answer.kind === 'refused' ? { points: [], failure: answer.reason } : parseMatrix(answer.data, window),
      ],
    };
  }
}

/** Ends of periods in the window, in seconds; undefined when there is none. */
const stepsOf = (
  { periodSeconds }: PrometheusQuery,
  { fromMillis, toMillis }: MetricWindow,
): { readonly start: number; readonly end: number; readonly step: number } | undefined => {
  const start = (Math.floor(fromMillis / 1000 / periodSeconds) + 1) * periodSeconds;
  const end = Math.floor(toMillis / 1000 / periodSeconds) * periodSeconds;
  return start > end ? undefined : { start, end, step: periodSeconds };
};
