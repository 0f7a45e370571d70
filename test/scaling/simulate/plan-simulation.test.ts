import { describe, expect, it } from 'vitest';
import { parseScalingPolicy } from '../../../src/scaling/policy/parse-scaling-policy.ts';
import { parseShape } from '../../../src/scaling/simulate/parse-shape.ts';
import { planSimulation, type SimulationOptions } from '../../../src/scaling/simulate/plan-simulation.ts';
import { startMillis } from './builders.ts';

const shop = `
version: 1
cluster: shop
pools:
  base: { autoScalingGroup: shop-base, share: 1, maximum: 10, instanceTypes: [{ type: m6i.large, cpu: 2048, memory: 7680, price: 0.1 }] }
  spot: { autoScalingGroup: shop-spot, share: 4, maximum: 20 }
capacity: { minimum: 5, maximum: 30 }
services:
  web: { minimum: 2, maximum: 40, cpu: { target: 60 } }
  api: { minimum: 3, maximum: 40, cpu: { target: 60 } }
simulation:
  interruptionsPerHour: { spot: 0.1 }
  services:
    web: { requestsPerSecondPerTask: 50 }
`;

const plan = (overrides: Partial<SimulationOptions> = {}, shape = 'constant:rate=300', text = shop) => {
  const parsed = parseScalingPolicy(text, { file: 'shop.yaml' });
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const load = parseShape(shape);
  if (load.kind === 'problem') throw new Error(load.reason);
  return planSimulation(parsed.policy, parsed.simulation, load.trace, { seed: 1, startMillis, ...overrides });
};

const planned = (...given: Parameters<typeof plan>) => {
  const made = plan(...given);
  if (made.kind === 'problem') throw new Error(made.reason);
  return made;
};

describe('the world of a policy', () => {
  it("is what its simulation block says, with tasks for the load's beginning and instances for those", () => {
    const { setup, policy } = planned();
    expect(setup.services.map(({ service, initialTasks }) => [service, initialTasks])).toContainEqual([
      'web',
      10,
    ]);
    expect(setup.services[0]?.load(9999)).toBe(300);
    expect(setup).toMatchObject({ seconds: 3600, seed: 1 });
    const pools = setup.capacity?.pools ?? [];
    expect(pools.map(({ interruptionsPerHour }) => interruptionsPerHour)).toEqual([0, 0.1]);
    const [base = 0, spot = 0] = pools.map(({ initialInstances }) => initialInstances);
    expect(base).toBeGreaterThanOrEqual(1);
    expect(spot).toBeGreaterThanOrEqual(4);
    expect(policy.services).toHaveLength(2);
  });

  it('is what the options say instead', () => {
    const { setup } = planned({
      seconds: 60,
      bootSeconds: [1, 2],
      imagePullSeconds: 3,
      metricDelaySeconds: 4,
      requestsPerSecondPerTask: 5,
      interruptionsPerHour: { '': 6, spot: 7 },
    });
    expect(setup).toMatchObject({ seconds: 60, metricDelaySeconds: 4, capacity: { bootSeconds: [1, 2] } });
    expect(setup.capacity?.pools.map((pool) => pool.interruptionsPerHour)).toEqual([6, 7]);
    for (const service of setup.services)
      expect(service).toMatchObject({ imagePullSeconds: 3, requestsPerSecondPerTask: 5 });
  });

  it('has only the services that are asked for, and the policy likewise', () => {
    const { setup, policy } = planned({ services: ['api'] });
    expect(setup.services.map(({ service }) => service)).toEqual(['api']);
    expect(policy.services.map(({ service }) => service)).toEqual(['api']);
  });

  it('says what it assumes', () => {
    expect(planned().assumptions).toEqual(['Pools without instance types launch m6i.large here: spot.']);
  });

  it('goes on with the shape beyond its end, and with the last second of a trace', () => {
    const day = planned({ seconds: 172_800 }, 'daily');
    const load = day.setup.services[0]?.load ?? (() => 0);
    expect(load(86_400 + 15 * 3600)).toBeCloseTo(500);
    expect(load(86_400 + 3 * 3600)).toBeCloseTo(50);
    expect(day.assumptions).not.toContain('After its end the load goes on as its last second.');
    const parsed = parseScalingPolicy(shop, { file: 'shop.yaml' });
    if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
    const trace = { name: 'run', seconds: 10, startMillis: null, loads: { '': (second: number) => second } };
    const run = planSimulation(parsed.policy, parsed.simulation, trace, {
      seed: 1,
      startMillis,
      seconds: 20,
    });
    if (run.kind === 'problem') throw new Error(run.reason);
    expect(run.setup.services[0]?.load(15)).toBe(9);
    expect(run.assumptions).toContain('After its end the load goes on as its last second.');
  });

  it('prices tasks as Fargate does where there are no instances', () => {
    const text =
      'version: 1\ncluster: c\nservices:\n  web: { minimum: 1, maximum: 5, cpu: { target: 60 } }\nsimulation:\n  services:\n    web: { requestsPerSecondPerTask: 50, cpu: 1024, memory: 2048 }\n';
    const { setup } = planned({}, 'constant', text);
    expect(setup.capacity).toBeNull();
    expect(setup.services[0]?.pricePerTaskHourUsd).toBeCloseTo(0.04048 + 2 * 0.004445);
  });

  it('has an end, where so many seconds of so many services would fill the memory', () => {
    expect(plan({ seconds: 1_250_001 })).toEqual({
      kind: 'problem',
      reason:
        '2 services for 1250001 seconds are too much for one simulation, which has room for 1250000 seconds of so many: choose one service, or a shorter time',
    });
  });

  it('names what is not there', () => {
    expect(plan({ services: ['wbe'] })).toEqual({
      kind: 'problem',
      reason: 'the policy has no service "wbe": it has web, api',
    });
    expect(plan({ interruptionsPerHour: { spott: 1 } })).toEqual({
      kind: 'problem',
      reason: 'the policy has no pool "spott": it has base, spot',
    });
  });
});
