import { describe, expect, it } from 'vitest';
import { checkTargets, targetHosts } from '../../src/cli/check-targets.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import type { Plan, RequestStep } from '../../src/plan/plan.ts';

const step = (url: string): RequestStep => ({
  kind: 'request',
  name: url,
  method: 'GET',
  url,
  headers: [],
  timeoutSeconds: 10,
  expect: [],
  capture: [],
});

const aPlan = (
  target: string,
  urls: readonly string[] = ['/'],
): Pick<Plan, 'target' | 'scenarios'> & Plan => ({
  version: 1,
  name: 'p',
  target,
  load: { model: 'open', arrivals: 'even', stages: [{ seconds: 1, from: 1, to: 1 }] },
  seed: 1,
  workers: { count: 1, maxInFlight: 10, readyTimeoutSeconds: 30 },
  finishSeconds: 30,
  variables: {},
  scenarios: [{ name: 's', weight: 1, steps: [{ kind: 'repeat', times: 2, steps: urls.map(step) }] }],
  thresholds: [],
  validity: {
    sendLagP99Millis: 10,
    missedFraction: 0.005,
    missingSegments: 0,
    clockBoundMillis: 10,
    cpuFraction: 0.85,
    eventLoopLagMillis: 50,
  },
});

const resolvesTo =
  (...addresses: string[]) =>
  () =>
    Promise.resolve(addresses);

describe('targets before the start', () => {
  it('are the hosts of the plan and of absolute step addresses, each once', () => {
    const plan = aPlan('http://shop.test:8080/base', [
      '/x',
      'https://cdn.test/{{id}}',
      'http://[::1]:1/?a={{b}}',
      'http://shop.test/y',
    ]);
    expect(targetHosts(plan)).toEqual(['shop.test', 'cdn.test', '::1']);
  });

  it('pass when every address a name resolves to is allowed', async () => {
    const guard = addressGuard(['10.0.0.0/8']);
    expect(await checkTargets(aPlan('http://shop.test'), guard, resolvesTo('10.1.2.3', '127.0.0.1'))).toEqual(
      [],
    );
  });

  it('are refused when any address is outside', async () => {
    const guard = addressGuard(['10.0.0.0/8']);
    const reasons = await checkTargets(aPlan('http://shop.test'), guard, resolvesTo('10.1.2.3', '192.0.2.1'));
    expect(reasons).toEqual(['shop.test resolves to 192.0.2.1: 192.0.2.1 is not in allowedTargets']);
  });

  it('are refused when a listed name leads to a metadata address', async () => {
    const reasons = await checkTargets(
      aPlan('http://shop.test'),
      addressGuard(['shop.test']),
      resolvesTo('169.254.169.254'),
    );
    expect(reasons[0]).toContain('never a target');
  });

  it('are refused when a name has no address', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    expect(await checkTargets(aPlan('http://nowhere.test'), addressGuard(['nowhere.test']), lookup)).toEqual([
      "nowhere.test can't be resolved to an address (ENOTFOUND)",
    ]);
  });

  it('that are addresses are not looked up', async () => {
    const lookup = () => Promise.reject(new Error('was looked up'));
    expect(
      await checkTargets(aPlan('http://127.0.0.1:80', ['http://[::1]/']), addressGuard([]), lookup),
    ).toEqual([]);
  });
});
