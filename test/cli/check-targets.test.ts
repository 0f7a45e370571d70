import { describe, expect, it } from 'vitest';
import { checkTargets, targetHosts } from '../../src/cli/check-targets.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import type { Plan, RequestStep, WhileStep } from '../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario } from '../plan/a-plan.ts';

const aPlanFor = (target: string, urls: readonly string[] = ['/']): Plan => {
  const steps = urls.map((url): RequestStep => ({ ...aRequest(), name: url, url }));
  return aPlan({ target, scenarios: [aScenario({ steps: [{ kind: 'repeat', times: 2, steps }] })] });
};

const resolvesTo =
  (...addresses: string[]) =>
  () =>
    Promise.resolve(addresses);

describe('targets before the start', () => {
  it('are the hosts of the plan and of absolute step addresses, each once', () => {
    const plan = aPlanFor('http://shop.test:8080/base', [
      '/x',
      'https://cdn.test/{{id}}',
      'http://[::1]:1/?a={{b}}',
      'http://shop.test/y',
    ]);
    expect(targetHosts(plan)).toEqual(['shop.test', 'cdn.test', '::1']);
  });

  it('are found in every kind of loop', () => {
    const steps = [{ ...aRequest(), url: 'http://deep.test/' }];
    const loop: WhileStep = {
      kind: 'while',
      text: '{{a}} != b',
      left: '{{a}}',
      comparison: '!=',
      right: 'b',
      maxTimes: 3,
      steps: [
        { kind: 'think', minSeconds: 1, maxSeconds: 1 },
        { kind: 'repeat', times: 2, steps },
      ],
    };
    expect(targetHosts(aPlan({ scenarios: [aScenario({ steps: [loop] })] }))).toEqual([
      '127.0.0.1',
      'deep.test',
    ]);
  });

  it('pass when every address a name resolves to is allowed', async () => {
    const guard = addressGuard(['10.0.0.0/8']);
    expect(
      await checkTargets(aPlanFor('http://shop.test'), guard, resolvesTo('10.1.2.3', '127.0.0.1')),
    ).toEqual([]);
  });

  it('are refused when any address is outside', async () => {
    const guard = addressGuard(['10.0.0.0/8']);
    const reasons = await checkTargets(
      aPlanFor('http://shop.test'),
      guard,
      resolvesTo('10.1.2.3', '192.0.2.1'),
    );
    expect(reasons).toEqual(['shop.test resolves to 192.0.2.1: 192.0.2.1 is not in allowedTargets']);
  });

  it('are refused when a listed name leads to a metadata address', async () => {
    const reasons = await checkTargets(
      aPlanFor('http://shop.test'),
      addressGuard(['shop.test']),
      resolvesTo('169.254.169.254'),
    );
    expect(reasons[0]).toContain('never a target');
  });

  it('are refused when a name has no address', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    expect(
      await checkTargets(aPlanFor('http://nowhere.test'), addressGuard(['nowhere.test']), lookup),
    ).toEqual(["nowhere.test can't be resolved to an address (ENOTFOUND)"]);
  });

  it('that are addresses are not looked up', async () => {
    const lookup = () => Promise.reject(new Error('was looked up'));
    expect(
      await checkTargets(aPlanFor('http://127.0.0.1:80', ['http://[::1]/']), addressGuard([]), lookup),
    ).toEqual([]);
  });
});
