import { describe, expect, it } from 'vitest';
import { type Deployment, decideWarnings } from '../../../src/scaling/operator/decide-warnings.ts';
import { aCapacityPolicy, aPolicy, aPoolPolicy, aServicePolicy } from '../support/a-policy.ts';

const able: Deployment = {
  clusters: ['shop'],
  hasFastTick: true,
  pools: ['shop-spot'],
  drainClusters: ['shop'],
  hasPrometheus: true,
};
const metric = { kind: 'prometheus', per: 'total', periodSeconds: 60, query: 'up' } as const;
const policy = aPolicy({
  everySeconds: 10,
  capacity: aCapacityPolicy({ pools: [aPoolPolicy()] }),
  services: [aServicePolicy({ rules: [{ kind: 'track', metric, target: 1, tolerance: 0.1 }] })],
});

describe('what a deployment lacks for a policy', () => {
  it('is nothing when it has all of it', () => {
    expect(decideWarnings(policy, able)).toEqual([]);
    expect(decideWarnings(policy, { ...able, pools: null, drainClusters: null })).toEqual([]);
  });

  it.each([
    [{ clusters: ['batch'] }, 'cluster shop is not looked after by this deployment (batch are): nothing'],
    [{ hasFastTick: false }, 'a tick every 10 s takes the fast tick, which is not deployed'],
    [{ pools: ['other'] }, 'this deployment may not change pool spot (shop-spot): name them'],
    [{ drainClusters: ['batch'] }, "instances of shop can't be drained, so none will go: name the cluster"],
    [{ hasPrometheus: false }, 'there is no Prometheus to ask for web'],
  ])('is said with what to do about it: %j', (lacking, text) => {
    expect(decideWarnings(policy, { ...able, ...lacking })).toEqual([expect.stringContaining(text)]);
  });

  it('is nothing of what it has no need of', () => {
    expect(
      decideWarnings(aPolicy(), {
        ...able,
        hasFastTick: false,
        pools: [],
        drainClusters: [],
        hasPrometheus: false,
      }),
    ).toEqual([]);
    const capacity = aCapacityPolicy({ scaleIn: null });
    expect(decideWarnings(aPolicy({ capacity }), { ...able, drainClusters: [] })).toEqual([]);
  });
});
