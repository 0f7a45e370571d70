import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseThreshold } from '../../src/plan/parse-threshold.ts';

const percentile = { figure: 'percentile', metric: 'response', comparison: '<' };

describe('a threshold', () => {
  it.each<[string, object]>([
    ['p99(response) < 250ms', { ...percentile, percentile: 99, limitMillis: 250 }],
    ['p99.9(response)<1.5s', { ...percentile, percentile: 99.9, limitMillis: 1500 }],
    ['max(response) <= 1s', { ...percentile, percentile: 100, comparison: '<=', limitMillis: 1000 }],
    ['p50( service ) < 800us', { ...percentile, metric: 'service', percentile: 50, limitMillis: 0.8 }],
    ['mean(service) < 20ms', { figure: 'mean', metric: 'service', comparison: '<', limitMillis: 20 }],
    [
      'p95(service, GET /products/:id) < 100ms',
      { ...percentile, metric: 'service', percentile: 95, step: 'GET /products/:id', limitMillis: 100 },
    ],
    [
      'p95(response, search (by name, price)) < 1s',
      { ...percentile, percentile: 95, step: 'search (by name, price)', limitMillis: 1000 },
    ],
    ['failures < 1%', { figure: 'failures', comparison: '<', limitFraction: 0.01 }],
    ['failures <= 0.001', { figure: 'failures', comparison: '<=', limitFraction: 0.001 }],
    [
      'failures(POST /orders) < 5%',
      { figure: 'failures', comparison: '<', step: 'POST /orders', limitFraction: 0.05 },
    ],
    ['rate > 90', { figure: 'rate', comparison: '>', limitPerSecond: 90 }],
    ['rate >= 99.5/s', { figure: 'rate', comparison: '>=', limitPerSecond: 99.5 }],
  ])('reads %s', (text, threshold) => {
    expect(parseThreshold(text)).toEqual({ kind: 'threshold', threshold: { text, ...threshold } });
  });

  it.each([
    ['', 'a threshold such as'],
    ['p99 response < 250ms', 'a threshold such as'],
    ['p99(response) = 250ms', 'a threshold such as'],
    ['p99(response) < fast', 'a threshold such as'],
    ['p99(response) < -5ms', 'a threshold such as'],
    ['p99(response) < 250', 'a time limit in us, ms or s'],
    ['p99(response) < 5%', 'a time limit in us, ms or s'],
    ['p99(response) < 5min', 'a time limit in us, ms or s'],
    ['p99(latency) < 5ms', 'response or service after p99'],
    ['p99 < 5ms', 'response or service after p99'],
    ['p0(response) < 5ms', 'above 0 up to 100'],
    ['p101(response) < 5ms', 'above 0 up to 100'],
    ['average(response) < 5ms', 'max, mean, failures or rate'],
    ['failures < 101%', 'from 0% to 100%'],
    ['failures < 2', 'from 0% to 100%'],
    ['failures < 5ms', 'from 0% to 100%'],
    ['failures() < 5%', 'a step name'],
    ['rate > 90%', 'requests per second'],
    ['rate(GET /) > 90', 'without parentheses'],
  ])('refuses %j', (text, expected) => {
    const parsed = parseThreshold(text);
    expect(parsed.kind === 'problem' && parsed.expected).toContain(expected);
  });

  it('finds any step name it was written with', () => {
    const stepName = fc.string({ minLength: 1 }).filter((name) => name.trim() === name);
    fc.assert(
      fc.property(stepName, fc.integer({ min: 1, max: 100 }), fc.nat(10_000), (step, percentile, limit) => {
        const parsed = parseThreshold(`p${percentile}(service, ${step}) < ${limit}ms`);
        expect(parsed).toMatchObject({
          kind: 'threshold',
          threshold: { step, percentile, limitMillis: limit },
        });
      }),
    );
  });
});
