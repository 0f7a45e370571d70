import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { MetricsRefusedError, MetricsUnavailableError } from '../../errors.ts';
import type {
  MetricPage,
  MetricQuery,
  MetricSeries,
  MetricSource,
  MetricWindow,
} from '../ports/metric-source.ts';
import { passFailure } from './pass-failure.ts';

type CloudWatchQuery = Extract<MetricQuery, { kind: 'cloudWatch' }>;

/** The metrics port on CloudWatch. The client is made with one attempt for each call. Needs `cloudwatch:GetMetricData`, which knows no narrower resource than all. */
export class CloudWatchMetrics implements MetricSource {
  /** "A single GetMetricData call can include as many as 500 MetricDataQuery structures" (API reference). */
  readonly queriesPerCall = 500;
  readonly #client: Pick<CloudWatchClient, 'send'>;

  constructor(client: Pick<CloudWatchClient, 'send'>) {
    this.#client = client;
  }

  async read(queries: readonly MetricQuery[], window: MetricWindow, next?: string): Promise<MetricPage> {
    const asked = queries.flatMap((query, index) =>
      query.kind === 'cloudWatch' ? [{ query, id: idOf(index) }] : [],
    );
    if (asked.length === 0) return { series: queries.map(() => foreign) };
    const answer = await passFailure<GetMetricDataCommandOutput | { readonly refusal: string }>(
      () =>
        this.#client.send(
          new GetMetricDataCommand({
            MetricDataQueries: asked.map(({ query, id }) => inputOf(query, id)),
            StartTime: new Date(
              startOf(
                asked.map(({ query }) => query.periodSeconds),
                window.fromMillis,
              ),
            ),
            EndTime: new Date(window.toMillis),
            ScanBy: 'TimestampAscending',
            NextToken: next,
          }),
        ),
      {
        action: `read ${asked.length} metrics from CloudWatch`,
        advice: "Check the policy's metrics, and the role's right to cloudwatch:GetMetricData.",
        kinds: { unavailable: MetricsUnavailableError, refused: MetricsRefusedError },
        expected: ({ name, text }) => (malformed.test(name) ? { answer: { refusal: text } } : undefined),
      },
    );
    if ('refusal' in answer) return refusedPage(queries, asked.length, answer.refusal);
    const results = new Map((answer.MetricDataResults ?? []).map((result) => [result.Id, result]));
    const more = answer.NextToken ? { next: answer.NextToken } : {};
    return {
      series: queries.map((query, index) =>
        query.kind === 'cloudWatch'
          ? parseSeries(results.get(idOf(index)), query.periodSeconds * 1000, window, 'next' in more)
          : foreign,
      ),
      ...more,
    };
  }
}

/** One query that is wrong fails a whole call under these names ("Common errors", and those of GetMetricData, in the API reference). */
const malformed =
  /^(Validation(Error|Exception)|InvalidParameter\w*|InvalidFormat\w*|Missing(Required)?Parameter\w*)$/;

const refusedPage = (queries: readonly MetricQuery[], asked: number, refusal: string): MetricPage => ({
  series: queries.map((query) =>
    query.kind === 'cloudWatch'
      ? { points: [], failure: `CloudWatch refuses ${asked === 1 ? 'the query' : 'one of them'}: ${refusal}` }
      : foreign,
  ),
  ...(asked === 1 ? {} : { isDivisible: true }),
});

const foreign: MetricSeries = { points: [], failure: 'CloudWatch answers no queries of Prometheus' };

const idOf = (index: number): string => `q${index}`;

const inputOf = (query: CloudWatchQuery, Id: string): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: query.namespace,
      MetricName: query.name,
      Dimensions: Object.entries(query.dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: query.periodSeconds,
    Stat: query.statistic,
  },
});

/**
 * On a border of every period that is asked for, at or before the beginning of the first whose end is wanted: CloudWatch
 * counts periods from the start time, so that from another one they would be others than were reported.
 */
const startOf = (periodsSeconds: readonly number[], fromMillis: number): number => {
  const common = [...new Set(periodsSeconds)].reduce(leastCommonMultiple) * 1000;
  return Math.floor(fromMillis / common) * common;
};

const leastCommonMultiple = (a: number, b: number): number => {
  const greatestCommonDivisor = (x: number, y: number): number =>
    y === 0 ? x : greatestCommonDivisor(y, x % y);
  return (a / greatestCommonDivisor(a, b)) * b;
};

/** Timestamps of CloudWatch are beginnings of periods. A part of the data, with more to come, is no failure. */
const parseSeries = (
  result: MetricDataResult | undefined,
  periodMillis: number,
  { fromMillis, toMillis }: MetricWindow,
  hasNext: boolean,
): MetricSeries => {
  const failure = failureOf(result, hasNext);
  if (failure !== undefined) return { points: [], failure };
  const { Timestamps = [], Values = [] } = result ?? {};
  const points = Timestamps.flatMap((begin, index) => {
    const value = Values[index];
    const atMillis = begin.getTime() + periodMillis;
    const isWanted = atMillis > fromMillis && atMillis <= toMillis;
    return isWanted && value !== undefined && Number.isFinite(value) ? [{ atMillis, value }] : [];
  });
  return { points: points.sort((a, b) => a.atMillis - b.atMillis) };
};

const failureOf = (result: MetricDataResult | undefined, hasNext: boolean): string | undefined => {
  const { StatusCode, Messages = [] } = result ?? {};
  const isFailed = StatusCode === 'Forbidden' || (StatusCode === 'InternalError' && !hasNext);
  if (!isFailed) return undefined;
  const said = Messages.map(({ Code, Value }) => [Code, Value].filter(Boolean).join(': ')).join('; ');
  return `CloudWatch answers ${StatusCode}${said === '' ? '' : ` (${said})`}`;
};
