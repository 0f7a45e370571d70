import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePlan, formatPlanDescription } from '../../src/plan/describe-plan.ts';
import { aPlan, aScenario, openLoad, someOpenPlan } from './a-plan.ts';
import { compiled } from './read-plan.ts';

const shop = new URL('../../examples/shop/', import.meta.url);
const shopPlan = (port?: string) =>
  compiled(readFileSync(new URL('plan.yml', shop), 'utf8'), {
    readFile: (file) => ({ kind: 'found', body: readFileSync(new URL(file, shop)) }),
    ...(port === undefined ? {} : { set: { port } }),
  });

describe('the description of a plan', () => {
  it('shows what the sample plan would send', () => {
    expect(
      formatPlanDescription(describePlan(shopPlan())),
    ).toBe(`shop: open model, even arrivals, against http://127.0.0.1:8080

Stages
  1  5s   20 to 60/s  200 arrivals
  2  10s  60/s        600 arrivals
  in all: 15s, peak 60/s, 800 arrivals, up to 1,400 requests

Scenarios
  browse  weight 3  600 arrivals  2 requests each
  buy     weight 1  200 arrivals  1 request each

Workers
  2 workers: 400 arrivals each

Data
  buy  users.csv  300 rows, each used once, 200 needed

Thresholds
  p99(response) < 1s
  failures < 5%
  p95(service, GET /products/:id) < 500ms`);
  });

  it('takes the port of the sample plan from the command line', () => {
    expect(shopPlan('9000').target).toBe('http://127.0.0.1:9000');
  });

  it('counts users instead of arrivals in the closed model', () => {
    const plan = aPlan({
      load: { model: 'closed', stages: [{ seconds: 90, from: 0, to: 10 }] },
      workers: { count: 3, threads: 1, maxInFlight: 1, readyTimeoutSeconds: 1 },
      scenarios: [aScenario({ steps: [{ kind: 'repeat', times: 4, steps: aScenario().steps }] })],
    });
    expect(
      formatPlanDescription(describePlan(plan)),
    ).toBe(`a plan: closed model, against http://127.0.0.1:8080

Stages
  1  1m 30s  0 to 10 users
  in all: 1m 30s, peak 10 users

Scenarios
  browse  weight 1  4 requests each

Workers
  3 workers: 3 or 4 users each`);
  });

  it('says what is set apart from the usual', () => {
    const text = readFileSync(new URL('../fixtures/plans/everything.yml', import.meta.url), 'utf8');
    expect(formatPlanDescription(describePlan(compiled(text)))).toBe(
      `everything: open model, poisson arrivals, against https://127.0.0.1:8443/v2

Stages
  1  500ms  10/s        4 arrivals      warm-up
  2  1m     10 to 20/s  908 arrivals
  3  1h     0.5/s       1,805 arrivals
  in all: 1h 1m 0.5s, of which warm-up 500ms, peak 20/s, 2,717 arrivals, up to 21,185 requests

Scenarios
  browse  weight 3  1,630 arrivals  4 requests each
  other   weight 1  544 arrivals    4 requests each
  files   weight 1  543 arrivals    up to 23 requests each

Workers
  3 workers with a thread for each CPU: 905 or 906 arrivals each

Settings
  HTTP/2
  a connection of its own for each request
  at most 50 connections of a worker to an origin
  TLS: trusts ca.pem, shows client.pem, certificates are not verified
  arrivals are timed by spinning
  hooks of hooks.ts: sign, check
  70% of the workers on spot capacity, on demand when there is none
  costs $2.50 at most

Data
  browse  users.csv  3 rows, used at random

Thresholds
  p99.9(response) < 250ms
  failures(search) <= 0.5%

Ends early
  failures > 20%           over 10s
  p95(response) > 2s       over 30s
  failures(search) >= 50%  over 10s
  rate < 1                 over 10m`,
    );
  });

  it('says that an http target makes no use of TLS settings', () => {
    const tls = { verify: false };
    const settingsOf = (target: string): string =>
      formatPlanDescription(describePlan(aPlan({ tls, target })));
    expect(settingsOf('https://127.0.0.1')).toMatch(/^ {2}TLS: certificates are not verified$/m);
    expect(settingsOf('http://127.0.0.1')).toMatch(/verified; of no use to an http target$/m);
  });

  it('counts threads', () => {
    const workers = { ...aPlan().workers, threads: 4, count: 2 };
    expect(formatPlanDescription(describePlan(aPlan({ workers })))).toContain(
      '  2 workers of 4 threads: 250 arrivals each',
    );
  });

  it('spells lengths of time as a person would', () => {
    const lengths = [0.25, 1.5, 60, 3661].map(
      (seconds) =>
        formatPlanDescription(describePlan(aPlan({ load: openLoad([{ seconds, from: 1, to: 1 }]) }))).split(
          '\n',
        )[3],
    );
    expect(lengths.map((line) => line?.split(/ {2,}/)[2])).toEqual(['250ms', '1.5s', '1m', '1h 1m 1s']);
  });

  it('adds up: stages, scenarios and shards each have all arrivals', () => {
    const sum = (counts: readonly (number | undefined)[]): number =>
      counts.reduce<number>((total, count) => total + (count ?? 0), 0);
    fc.assert(
      fc.property(someOpenPlan, fc.integer({ min: 1, max: 20 }), (plan, count) => {
        const described = describePlan({ ...plan, workers: { ...plan.workers, count } });
        expect(sum(described.stages.map(({ arrivals }) => arrivals))).toBe(described.arrivals);
        expect(sum(described.scenarios.map(({ arrivals }) => arrivals))).toBe(described.arrivals);
        expect(sum(described.shards)).toBe(described.arrivals);
        expect(described.shards).toHaveLength(count);
      }),
    );
  });
});
