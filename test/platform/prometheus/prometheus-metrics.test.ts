import { afterEach, describe, expect, it } from 'vitest';
import type { MetricQuery } from '../../../src/platform/ports/metric-source.ts';
import { PrometheusMetrics } from '../../../src/platform/prometheus/prometheus-metrics.ts';
import { withoutPrometheus } from '../../../src/platform/prometheus/without-prometheus.ts';
import { describeMetricSourceContract } from '../../contract/metric-source.contract.ts';
import {
  type Answering,
  matrix,
  openPaperPrometheus,
  type PaperPrometheus,
  refusal,
  type Samples,
} from './support/paper-prometheus.ts';

const minute = 60_000;
const opened: PaperPrometheus[] = [];
const open = async (answering: Answering): Promise<PaperPrometheus> => {
  const made = await openPaperPrometheus(answering);
  opened.push(made);
  return made;
};
afterEach(async () => {
  for (const made of opened.splice(0)) await made.close();
});

const query: MetricQuery = { kind: 'prometheus', query: 'sum(rate(requests[1m]))', periodSeconds: 60 };
const window = { fromMillis: 60 * minute, toMillis: 63 * minute };

/** The query evaluated at each step, as `query_range` does. */
describeMetricSourceContract('Prometheus', async () => {
  const series = new Map<string, ReadonlyMap<number, number>>();
  const prometheus = await openPaperPrometheus(({ fields }) => {
    const values = series.get(fields.query ?? '');
    const samples: [number, string][] = [];
    for (let at = Number(fields.start); at <= Number(fields.end); at += Number(fields.step)) {
      const value = values?.get(at);
      if (value !== undefined) samples.push([at, String(value)]);
    }
    return { status: 200, body: samples.length === 0 ? matrix() : matrix(samples) };
  });
  const queryOf = (name: string): MetricQuery => ({ kind: 'prometheus', query: name, periodSeconds: 60 });
  return {
    source: new PrometheusMetrics({ url: prometheus.url }),
    untilMillis: 1_800_000_000_000,
    openSeries: async (points) => {
      const name = `load_${series.size}`;
      series.set(name, new Map(points.map(({ atMillis, value }) => [atMillis / 1000, value])));
      return queryOf(name);
    },
    emptyQuery: queryOf('nobody_ever_measured_it'),
    pause: async () => undefined,
    close: prometheus.close,
  };
});

describe('metrics of Prometheus', () => {
  it('are asked for by range, a step for each period, ends of periods only', async () => {
    const { url, asked } = await open(() => ({ status: 200, body: matrix() }));
    const source = new PrometheusMetrics({ url: `${url}/prom/`, token: 'secret', timeoutSeconds: 7 });
    await source.read([query], { fromMillis: 60 * minute - 1, toMillis: 63 * minute - 1 });
    expect(asked).toMatchObject([
      {
        path: 'POST /prom/api/v1/query_range',
        headers: { authorization: 'Bearer secret', 'content-type': expect.stringContaining('urlencoded') },
        fields: { query: 'sum(rate(requests[1m]))', start: '3600', end: '3720', step: '60', timeout: '7s' },
      },
    ]);
  });

  it('are asked for without a token where there is none, and not at all when no period has ended', async () => {
    const { url, asked } = await open(() => ({ status: 200, body: matrix() }));
    const source = new PrometheusMetrics({ url });
    const nothing = { fromMillis: 60 * minute, toMillis: 60 * minute + 59_999 };
    expect(await source.read([query], nothing)).toEqual({ series: [{ points: [] }] });
    expect(asked).toEqual([]);
    await source.read([query], window);
    expect(asked[0]?.headers.authorization).toBeUndefined();
  });

  it('leave out what is no number', async () => {
    const samples: Samples = [
      [3660, 'NaN'],
      [3720, '+Inf'],
      [3780, '1.5e1'],
    ];
    const { url } = await open(() => ({ status: 200, body: matrix(samples) }));
    expect(await new PrometheusMetrics({ url }).read([query], window)).toEqual({
      series: [{ points: [{ atMillis: 63 * minute, value: 15 }] }],
    });
  });

  it.each([
    ['several series', 200, matrix([[3660, '1']], [[3660, '2']]), /gives 2 series .* aggregate/],
    ['a vector', 200, '{"status":"success","data":{"resultType":"vector","result":[]}}', /matrix/],
    ['a parse error', 400, refusal('bad_data', '1:5: parse error'), /refuses the query: bad_data: 1:5/],
    ['an execution error', 422, refusal('execution', 'too many samples'), /too many samples/],
    ['more than anybody reads', 200, `"${'x'.repeat(2_000_001)}"`, /more than 2000000 bytes/],
  ])('say why there are none: %s', async (_, status, body, failure) => {
    const { url } = await open(() => ({ status, body }));
    expect(await new PrometheusMetrics({ url }).read([query], window)).toEqual({
      series: [{ points: [], failure: expect.stringMatching(failure) }],
    });
  });

  it('are none when the answer may hold a part only, whatever it holds; advice about the expression is no such warning', async () => {
    const samples = JSON.parse(matrix([[3660, '1']]));
    const answered = async (more: object) => {
      const { url } = await open(() => ({ status: 200, body: JSON.stringify({ ...samples, ...more }) }));
      return (await new PrometheusMetrics({ url }).read([query], window)).series[0];
    };
    expect(await answered({ warnings: ['No StoreAPIs matched for this query'] })).toEqual({
      points: [],
      failure: expect.stringMatching(/a part.*No StoreAPIs matched/),
    });
    const points = [{ atMillis: 61 * minute, value: 1 }];
    expect(await answered({ warnings: ['PromQL info: metric might not be a counter'] })).toEqual({ points });
    expect(await answered({ warnings: [], infos: ['PromQL info: so'] })).toEqual({ points });
  });

  it.each([
    ['prometheus.internal:9090', /"prometheus.internal:9090" is no address/],
    ['ftp://prometheus.internal', /"ftp:.*is no address/],
    ['http://ada:secret@prometheus.internal', /a token/],
  ])('are refused where the address is none that can be asked: %s', async (url, message) => {
    const reading = new PrometheusMetrics({ url }).read([query], window);
    await expect(reading).rejects.toMatchObject({
      name: 'MetricsRefused',
      message: expect.stringMatching(message),
    });
    await expect(reading).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
  });

  it('are given up where the answer begins and does not end', async () => {
    const unending: typeof fetch = async (_, init) =>
      new Response(
        new ReadableStream({
          start: (controller) => {
            controller.enqueue(new TextEncoder().encode('{"status":'));
            init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
          },
        }),
      );
    const source = new PrometheusMetrics({ url: 'http://p', timeoutSeconds: 0.05, fetch: unending });
    await expect(source.read([query], window)).rejects.toMatchObject({ name: 'MetricsUnavailable' });
  });

  it('are not asked for where a redirect points, with the token', async () => {
    const elsewhere = await open(() => ({ status: 200, body: matrix() }));
    const { url } = await open(() => ({ status: 307, body: '', headers: { location: elsewhere.url } }));
    const source = new PrometheusMetrics({ url, token: 'secret' });
    await expect(source.read([query], window)).rejects.toMatchObject({ name: 'MetricsRefused' });
    expect(elsewhere.asked).toEqual([]);
  });

  it.each([
    [401, '', 'MetricsRefused', /401.*token/],
    [403, 'no', 'MetricsRefused', /403.*token/],
    [404, '<html></html>', 'MetricsRefused', /404.*before \/api\/v1/],
    [302, '', 'MetricsRefused', /302/],
    [200, '<html>Sign in</html>', 'MetricsRefused', /not as Prometheus does/],
    [429, '', 'CallThrottled', /429/],
    [503, refusal('timeout', 'query timed out'), 'MetricsUnavailable', /timed out/],
    [502, 'Bad Gateway', 'MetricsUnavailable', /502/],
  ])('answered %i "%s" throw %s', async (status, body, name, message) => {
    const { url } = await open(() => ({ status, body }));
    await expect(new PrometheusMetrics({ url }).read([query], window)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });

  it('are given up where nobody answers, or nobody listens', async () => {
    const silent = await open(() => null);
    const source = new PrometheusMetrics({ url: silent.url, timeoutSeconds: 0.1 });
    await expect(source.read([query], window)).rejects.toMatchObject({
      name: 'MetricsUnavailable',
      message: expect.stringContaining(silent.url),
    });
    await silent.close();
    await expect(source.read([query], window)).rejects.toMatchObject({ name: 'MetricsUnavailable' });
  });

  it('are none of CloudWatch, and one a call', async () => {
    const source = new PrometheusMetrics({ url: 'http://127.0.0.1:1' });
    const foreign: MetricQuery = {
      kind: 'cloudWatch',
      namespace: 'AWS/ECS',
      name: 'CPUUtilization',
      dimensions: {},
      statistic: 'Average',
      periodSeconds: 60,
    };
    expect(await source.read([foreign], window)).toMatchObject({
      series: [{ points: [], failure: expect.stringContaining('CloudWatch') }],
    });
    await expect(source.read([query, query], window)).rejects.toThrow(RangeError);
  });

  it('are refused with advice where there is no Prometheus', async () => {
    expect(await withoutPrometheus.read([query], window)).toEqual({
      series: [{ points: [], failure: expect.stringContaining('ScalingPrometheusUrl') }],
    });
  });
});
