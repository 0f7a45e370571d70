import type { BalancerGroup } from '../../../platform/ports/balancer.ts';
import { noticeMillis } from '../../coordinator/drain-state.ts';
import { isHaproxyGroup } from '../../targets/route-balancers.ts';
import { type ClusterPicture, type KnownRisk, nameSome, type RiskLimits } from './drain-risk.ts';
import { type GroupUsers, usersOfGroups } from './group-users.ts';

/** Of the groups that send requests to the cluster's tasks. */
export const groupRisks = (picture: ClusterPicture, limits: RiskLimits): readonly KnownRisk[] => {
  const known = new Map(picture.groups.map((group) => [group.group, group]));
  const missing = new Set(picture.missingGroups);
  return usersOfGroups(picture, limits).flatMap((users) => {
    const group = known.get(users.group);
    if (group === undefined) return missing.has(users.group) ? [missingRisk(users)] : [];
    if (!group.isInUse) return [unusedRisk(users)];
    return delayRisks(group, users, limits);
  });
};

/** Seconds that requests in flight have after a spot notice, before their task has to be stopped. */
const roomForRequests = (stopTimeoutSeconds: number, limits: RiskLimits): number =>
  Math.max(0, (noticeMillis - limits.settleMillis - limits.marginMillis) / 1000 - stopTimeoutSeconds);

const missingRisk = (users: GroupUsers): KnownRisk => ({
  severity: 'error',
  kind: 'group-missing',
  what: `${nameOf(users.group)} isn't there`,
  where: nameSome(users.users),
  why: 'tasks that no balancer knows get no requests, and a drain has nobody to ask whether they still get some',
  fix: users.isTagged
    ? `correct the tag stormdrain.balancer to the ARN of a target group or to haproxy:<backend>, or create ${nameOf(users.group)}`
    : `create ${nameOf(users.group)}, or take it out of the service`,
});

const unusedRisk = (users: GroupUsers): KnownRisk => ({
  severity: 'note',
  kind: 'group-without-listener',
  what: `${nameOf(users.group)} is behind no listener`,
  where: nameSome(users.users),
  why: 'all of its targets are unused, so nothing that a drain does there can be verified',
  fix: 'give it a listener or a rule, unless it is the idle half of a blue/green deployment',
});

const delayRisks = (group: BalancerGroup, users: GroupUsers, limits: RiskLimits): readonly KnownRisk[] => {
  const delay = group.deregistrationDelaySeconds;
  const settle = limits.settleMillis / 1000;
  const room = roomForRequests(users.stopTimeoutSeconds, limits);
  const what = `deregistration delay ${delay} s`;
  const where = `${nameOf(group.group)}, ${nameSome(users.users)}`;
  if (delay < settle) {
    return [
      {
        severity: delay === 0 ? 'error' : 'warning',
        kind: 'delay-too-short',
        what,
        where,
        why:
          delay === 0
            ? 'the balancer cuts requests in flight off as soon as their target is deregistered'
            : `new requests may reach a target for ${settle} s after it was deregistered, and are cut off after ${delay} s`,
        fix: setDelay(group.group, settle, room),
      },
    ];
  }
  if (delay <= room) return [];
  return [
    {
      severity: 'warning',
      kind: 'delay-too-long',
      what,
      where,
      why: `a spot notice leaves 120 s, of which a stop timeout of ${users.stopTimeoutSeconds} s, ${settle} s of settling and ${limits.marginMillis / 1000} s of margin leave ${room} s for requests in flight: tasks are stopped before the delay is over`,
      fix: setDelay(group.group, settle, room),
    },
  ];
};

const setDelay = (group: string, leastSeconds: number, mostSeconds: number): string => {
  if (mostSeconds < leastSeconds) return 'shorten the stop timeout of its tasks first';
  const value = `a little more than the longest request takes, from ${leastSeconds} to ${mostSeconds}`;
  return isHaproxyGroup(group)
    ? `set the stack's parameter HaproxyDelaySeconds to ${value}`
    : `set deregistration_delay.timeout_seconds of the target group to ${value}`;
};

const nameOf = (group: string): string => {
  if (isHaproxyGroup(group)) return `HAProxy backend ${group.slice(group.indexOf(':') + 1)}`;
  return `target group ${/targetgroup\/([^/]+)/.exec(group)?.[1] ?? group}`;
};
