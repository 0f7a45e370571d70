import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloudWatchMetrics } from '../../../src/platform/aws/cloud-watch-metrics.ts';
import type { MetricQuery } from '../../../src/platform/ports/metric-source.ts';
import { awsError } from './support/simulated-ecs.ts';

const minute = 60_000;
const window = { fromMillis: 10 * minute, toMillis: 13 * minute };
const query = (over: object = {}): MetricQuery => ({
  kind: 'cloudWatch',
  namespace: 'AWS/ECS',
  name: 'CPUUtilization',
  dimensions: { ClusterName: 'shop', ServiceName: 'web' },
  statistic: 'Average',
  periodSeconds: 60,
  ...over,
});

const open = () => {
  const client = new CloudWatchClient({ region: 'us-east-1' });
  return { cloudWatch: mockClient(client), source: new CloudWatchMetrics(client) };
};
const at = (...millis: readonly number[]) => millis.map((each) => new Date(each));

describe('metrics of CloudWatch', () => {
  it('are asked for in one call, from the oldest on', async () => {
    const { cloudWatch, source } = open();
    cloudWatch.on(GetMetricDataCommand).resolves({});
    await source.read([query(), query({ name: 'MemoryUtilization', statistic: 'p90' })], window, 'here');
    const Dimensions = [
      { Name: 'ClusterName', Value: 'shop' },
      { Name: 'ServiceName', Value: 'web' },
    ];
    const stat = (Id: string, MetricName: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/ECS', MetricName, Dimensions }, Period: 60, Stat },
    });
    expect(cloudWatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input).toEqual({
      MetricDataQueries: [stat('q0', 'CPUUtilization', 'Average'), stat('q1', 'MemoryUtilization', 'p90')],
      StartTime: new Date(10 * minute),
      EndTime: new Date(13 * minute),
      ScanBy: 'TimestampAscending',
      NextToken: 'here',
    });
  });

  it('are at the ends of their periods, whole ones in the window only, whatever order they come in', async () => {
    const { cloudWatch, source } = open();
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'q1', Timestamps: at(10 * minute), Values: [7], StatusCode: 'Complete' },
        {
          Id: 'q0',
          Timestamps: at(11 * minute, 10 * minute, 9 * minute, 12 * minute, 13 * minute),
          Values: [2, 1, 0, Number.NaN, 9],
        },
      ],
    });
    expect(await source.read([query(), query(), query()], window)).toEqual({
      series: [
        {
          points: [
            { atMillis: 11 * minute, value: 1 },
            { atMillis: 12 * minute, value: 2 },
          ],
        },
        { points: [{ atMillis: 11 * minute, value: 7 }] },
        { points: [] },
      ],
    });
  });

  it('begin on a border of all their periods, so early that no wanted one is cut', async () => {
    const periods = fc.constantFrom(1, 5, 10, 20, 30, 60, 120, 300, 900, 3_600);
    await fc.assert(
      fc.asyncProperty(
        fc.array(periods, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
        async (seconds, fromMillis) => {
          const { cloudWatch, source } = open();
          cloudWatch.on(GetMetricDataCommand).resolves({});
          const queries = seconds.map((periodSeconds) => query({ periodSeconds }));
          await source.read(queries, { fromMillis, toMillis: fromMillis + 3_600_000 });
          const { StartTime } = cloudWatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input ?? {};
          const start = StartTime?.getTime() ?? Number.NaN;
          for (const period of seconds) {
            expect(start % (period * 1000)).toBe(0);
            const firstWanted = Math.floor(fromMillis / (period * 1000)) * period * 1000;
            expect(start).toBeLessThanOrEqual(firstWanted);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('come in pages, a part of a series on each, which is no failure', async () => {
    const { cloudWatch, source } = open();
    const part = { Id: 'q0', Timestamps: at(10 * minute), Values: [1] };
    cloudWatch
      .on(GetMetricDataCommand)
      .resolvesOnce({ MetricDataResults: [{ ...part, StatusCode: 'PartialData' }], NextToken: 'more' })
      .resolvesOnce({ MetricDataResults: [{ Id: 'q0', StatusCode: 'InternalError' }], NextToken: 'more' })
      .resolves({ MetricDataResults: [{ Id: 'q0', StatusCode: 'InternalError' }] });
    const points = [{ atMillis: 11 * minute, value: 1 }];
    expect(await source.read([query()], window)).toEqual({ series: [{ points }], next: 'more' });
    expect(await source.read([query()], window, 'more')).toEqual({ series: [{ points: [] }], next: 'more' });
    expect(await source.read([query()], window, 'more')).toEqual({
      series: [{ points: [], failure: 'CloudWatch answers InternalError' }],
    });
  });

  it('that are forbidden say so, and the others are answered', async () => {
    const { cloudWatch, source } = open();
    const Messages = [{ Code: 'Forbidden', Value: 'not your account' }];
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'q0', StatusCode: 'Forbidden', Messages },
        { Id: 'q1', Timestamps: at(10 * minute), Values: [1] },
      ],
    });
    expect(await source.read([query(), query()], window)).toEqual({
      series: [
        { points: [], failure: 'CloudWatch answers Forbidden (Forbidden: not your account)' },
        { points: [{ atMillis: 11 * minute, value: 1 }] },
      ],
    });
  });

  it.each([
    'ValidationError',
    'InvalidParameterValue',
    'InvalidParameterValueException',
    'InvalidParameterCombination',
    'InvalidFormat',
    'MissingParameter',
    'MissingRequiredParameterException',
  ])('that are refused say so, and in smaller parts the others are answered: %s', async (name) => {
    const { cloudWatch, source } = open();
    cloudWatch.on(GetMetricDataCommand).rejects(awsError(name, 'Stat is not valid'));
    const refused = { points: [], failure: expect.stringMatching(/refuses the query: .*Stat is not valid/) };
    expect(await source.read([query()], window)).toEqual({ series: [refused] });
    const one = { points: [], failure: expect.stringContaining('refuses one of them') };
    expect(await source.read([query(), query()], window)).toEqual({ series: [one, one], isDivisible: true });
  });

  it('are none of Prometheus, which costs no call', async () => {
    const { cloudWatch, source } = open();
    const foreign: MetricQuery = { kind: 'prometheus', query: 'up', periodSeconds: 60 };
    expect(await source.read([foreign], window)).toMatchObject({
      series: [{ points: [], failure: expect.stringContaining('Prometheus') }],
    });
    expect(await source.read([], window)).toEqual({ series: [] });
    expect(cloudWatch.calls()).toHaveLength(0);
  });

  it.each([
    ['CallThrottled', awsError('Throttling', 'Rate exceeded')],
    ['CallThrottled', awsError('ThrottlingException', 'Rate exceeded')],
    ['MetricsUnavailable', awsError('InternalServiceFault', 'oh', { $metadata: { httpStatusCode: 500 } })],
    ['MetricsUnavailable', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['MetricsRefused', awsError('AccessDenied', 'not authorized')],
  ])('throw %s for what AWS answers', async (name, error) => {
    const { cloudWatch, source } = open();
    cloudWatch.on(GetMetricDataCommand).rejects(error);
    await expect(source.read([query()], window)).rejects.toMatchObject({ name, cause: error });
  });
});
