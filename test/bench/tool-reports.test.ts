import { describe, expect, it } from 'vitest';
import { parseArtilleryReport } from '../../bench/peers/artillery.ts';
import { parseAutocannonReport } from '../../bench/peers/autocannon.ts';
import { parseK6Report } from '../../bench/peers/k6.ts';
import { parseLocustReport } from '../../bench/peers/locust.ts';
import { parseVersion } from '../../bench/peers/peer.ts';
import { parseWrkReport } from '../../bench/peers/wrk.ts';
import { parseSummary } from '../../bench/stormdrain/run-plan.ts';

describe('parseWrkReport', () => {
  const report = `Running 1s test @ http://127.0.0.1:18099/
  1 threads and 5 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   238.85us  617.85us  10.52ms   94.01%
  Latency Distribution
     50%   83.00us
     75%  126.00us
     90%  386.00us
     99%    3.22ms
  53571 requests in 1.10s, 6.90MB read
Requests/sec:  48714.64
`;

  it('reads requests and latencies in milliseconds', () => {
    expect(parseWrkReport(report)).toEqual({
      requests: 53571,
      errors: 0,
      latencyMillis: { p50: 0.083, p99: 3.22 },
    });
  });

  it('counts statuses and socket errors', () => {
    const failing = `${report}  Socket errors: connect 1, read 2, write 0, timeout 4\n  Non-2xx or 3xx responses: 5\n`;
    expect(parseWrkReport(failing)?.errors).toBe(12);
  });

  it('reads seconds', () => {
    expect(parseWrkReport(report.replace('3.22ms', '1.02s'))?.latencyMillis.p99).toBe(1020);
  });
});

describe('parseAutocannonReport', () => {
  it('reads what came back, and counts errors, timeouts and statuses', () => {
    const latency = { p50: 1, p90: 2, p99: 3, p99_9: 4 };
    const report = { errors: 1, timeouts: 2, non2xx: 3, requests: { total: 42829, sent: 42834 }, latency };
    expect(parseAutocannonReport(JSON.stringify(report))).toEqual({
      requests: 42829,
      errors: 6,
      latencyMillis: { p50: 1, p99: 3, p999: 4 },
    });
  });
});

describe('parseK6Report', () => {
  const metrics = {
    http_reqs: { type: 'counter', values: { count: 12580, rate: 12577.5 } },
    http_req_failed: { type: 'rate', values: { passes: 2, fails: 12578, rate: 0 } },
    http_req_duration: { values: { 'p(50)': 0.24, 'p(95)': 0.93, 'p(99)': 3.2, 'p(99.9)': 6.7 } },
  };

  it('takes the passes of its failure rate for failures', () => {
    expect(parseK6Report(JSON.stringify({ metrics }))).toEqual({
      requests: 12580,
      errors: 2,
      latencyMillis: { p50: 0.24, p95: 0.93, p99: 3.2, p999: 6.7 },
    });
  });

  it('counts failed checks', () => {
    const checks = { values: { passes: 10, fails: 3, rate: 0.7 } };
    expect(parseK6Report(JSON.stringify({ metrics: { ...metrics, checks } }))?.errors).toBe(5);
  });
});

describe('parseLocustReport', () => {
  const entry = (counts: Readonly<Record<string, number>>, failures = 0): object => ({
    name: '/',
    num_requests: Object.values(counts).reduce((sum, count) => sum + count, 0),
    num_failures: failures,
    response_times: counts,
  });

  it('sums its entries and takes percentiles over all of them', () => {
    const report = JSON.stringify([entry({ 1: 90, 20: 4 }, 1), entry({ 20: 1, 300: 5 })]);
    expect(parseLocustReport(report)).toEqual({
      requests: 100,
      errors: 1,
      latencyMillis: { p50: 1, p95: 20, p99: 300, p999: 300 },
    });
  });

  it('takes a report without requests for none', () => {
    expect(parseLocustReport('[]')).toBeUndefined();
  });
});

describe('parseArtilleryReport', () => {
  it('reads responses, and counts errors and failed expectations', () => {
    const aggregate = {
      counters: {
        'http.requests': 101,
        'http.responses': 100,
        'errors.ETIMEDOUT': 1,
        'plugins.expect.failed': 2,
      },
      summaries: { 'http.response_time': { p50: 0, p95: 1, p99: 2, p999: 3, max: 3 } },
    };
    expect(parseArtilleryReport(JSON.stringify({ aggregate }))).toMatchObject({
      requests: 100,
      errors: 3,
      latencyMillis: { p50: 0, p95: 1, p99: 2, p999: 3 },
    });
  });
});

describe('a report that is not one', () => {
  const parsers = [
    parseWrkReport,
    parseAutocannonReport,
    parseK6Report,
    parseLocustReport,
    parseArtilleryReport,
    parseSummary,
  ];
  it.each(['', 'connection refused', '{"metrics":', '{"other":1}', '[1]'])('is undefined: %s', (text) => {
    for (const parse of parsers) expect(parse(text)).toBeUndefined();
  });
});

describe('parseVersion', () => {
  it.each([
    ['wrk debian/4.1.0-3+b2 [epoll] Copyright (C) 2012 Will Glozer', '4.1.0'],
    ['autocannon v9.0.0\nnode v24.21.0', '9.0.0'],
    ['k6 v1.8.1 (go1.26.8, linux/amd64)', '1.8.1'],
    ['locust 2.47.0 from /site-packages/locust (Python 3.11.7)', '2.47.0'],
    ['VERSION INFO:\n\nArtillery: 2.0.21\nNode.js:   v24.21.0', '2.0.21'],
  ])('finds it in %j', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });
});
