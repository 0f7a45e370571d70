import { describe, expect, it } from 'vitest';
import { bucketsOf, isHaproxyGroup, routeBalancers } from '../../../src/drain/targets/route-balancers.ts';
import type { Balancer } from '../../../src/platform/ports/balancer.ts';

const arn = 'arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1';
const target = { id: '10.0.0.5', port: 80 };

const open = () => {
  const calls: string[] = [];
  const named = (name: string): Balancer => ({
    describeGroups: async (groups) => {
      calls.push(`${name} describe ${groups.join(' ')}`);
      return groups.map((group) => ({
        group,
        targetType: 'ip',
        deregistrationDelaySeconds: 1,
        isInUse: true,
      }));
    },
    register: async (group) => void calls.push(`${name} register ${group}`),
    deregister: async (group) => void calls.push(`${name} deregister ${group}`),
    health: async (group) => {
      calls.push(`${name} health ${group}`);
      return [];
    },
  });
  return { calls, balancer: routeBalancers(named('elb'), named('haproxy')) };
};

describe('one balancer in front of both', () => {
  it.each([
    [arn, 'elb'],
    ['haproxy:web', 'haproxy'],
    ['web', 'elb'],
  ])('sends %s to %s', async (group, name) => {
    const { calls, balancer } = open();
    await balancer.register(group, [target]);
    await balancer.deregister(group, [target]);
    await balancer.health(group);
    expect(calls).toEqual([
      `${name} register ${group}`,
      `${name} deregister ${group}`,
      `${name} health ${group}`,
    ]);
    expect(isHaproxyGroup(group)).toBe(name === 'haproxy');
  });

  it("takes nothing from AWS's buckets for HAProxy", () => {
    expect(bucketsOf('haproxy:web', 'change')).toEqual([]);
    expect(bucketsOf(arn, 'change')).toEqual(['balancerTargets']);
    expect(bucketsOf(arn, 'read')).toEqual(['balancerAny']);
  });

  it('asks each for its own groups, and none for nothing', async () => {
    const { calls, balancer } = open();
    const groups = await balancer.describeGroups([arn, 'haproxy:web']);
    expect(groups.map(({ group }) => group).sort()).toEqual([arn, 'haproxy:web']);
    expect(calls.sort()).toEqual([`elb describe ${arn}`, 'haproxy describe haproxy:web']);
    await balancer.describeGroups([arn]);
    expect(calls).toHaveLength(3);
    expect(await balancer.describeGroups([])).toEqual([]);
    expect(calls).toHaveLength(3);
  });
});
