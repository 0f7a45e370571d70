import type { Balancer } from '../../platform/ports/balancer.ts';
import type { CallBucket } from '../../platform/ports/call-pace.ts';

export const isHaproxyGroup = (group: string): boolean => group.startsWith('haproxy:');

/** What a call is paid from: HAProxy's calls cost AWS nothing. */
export const bucketsOf = (group: string, call: 'read' | 'change'): readonly CallBucket[] => {
  if (isHaproxyGroup(group)) return [];
  return call === 'read' ? ['balancerAny'] : ['balancerTargets'];
};

/** One balancer in front of both: a group `haproxy:<backend>` is HAProxy's, any other is the ARN of a target group. */
export const routeBalancers = (targetGroups: Balancer, haproxy: Balancer): Balancer => {
  const of = (group: string): Balancer => (isHaproxyGroup(group) ? haproxy : targetGroups);
  return {
    describeGroups: async (groups) => {
      const theirs = groups.filter(isHaproxyGroup);
      const arns = groups.filter((group) => !isHaproxyGroup(group));
      const described = await Promise.all([
        arns.length === 0 ? [] : targetGroups.describeGroups(arns),
        theirs.length === 0 ? [] : haproxy.describeGroups(theirs),
      ]);
      return described.flat();
    },
    register: (group, targets) => of(group).register(group, targets),
    deregister: (group, targets) => of(group).deregister(group, targets),
    health: (group) => of(group).health(group),
  };
};
