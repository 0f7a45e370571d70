import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { ScalingDecision } from '../scaling-decision.ts';
import { tasks } from './capacity-words.ts';
import { unreadConstraint } from './decide-suits.ts';
import type { UnplacedDemand } from './decide-unplaced.ts';
import type { Placement } from './place-demands.ts';
import type { CapacityView } from './view-capacity.ts';

/** ECS's service scheduler tries again at growing intervals: a new instance may stay empty for a while. */
const settleMillis = 120_000;

const needsWords = ({ demand: { needs } }: Placement): string => {
  const { cpu, memoryMib, gpus, tcpPorts, udpPorts, constraints } = needs;
  const more = [
    ...(gpus > 0 ? [`${gpus} GPUs`] : []),
    ...[...tcpPorts, ...udpPorts].map((port) => `port ${port}`),
    ...constraints.map((one) => one.slice(0, 100)),
  ];
  return `${[`${cpu} CPU`, `${memoryMib} MiB`, ...more].join(', ')}`;
};

/**
 * What is worth saying of tasks that find no room: those that fit nothing that could be had, once; those that would fit on
 * what is there, and are not placed all the same. Pure.
 */
export const placementDecisions = (
  { cluster, plan, unplaced }: CapacityView,
  policy: CapacityPolicy,
  reported: readonly string[],
): { readonly decisions: readonly ScalingDecision[]; readonly reportedUnfit: string[] } => {
  const { atMillis } = cluster;
  const newest = Math.max(...cluster.serving.map(({ registeredAtMillis }) => registeredAtMillis), 0);
  const unfit = new Set<string>();
  const decisions: ScalingDecision[] = [];
  const say = (
    placement: Placement<UnplacedDemand>,
    reason: ScalingDecision['reason'],
    sentence: string,
  ): void => {
    const { demand, onServing, onMore, awaiting, left } = placement;
    const { group, count, needs } = demand;
    const { cpu, memoryMib, gpus } = needs;
    const figures = { tasks: count, onServing, onMore, awaiting, left, cpu, memoryMib, gpus };
    decisions.push({
      subject: `placement/${group}`,
      outcome: 'hold',
      reason,
      from: null,
      to: null,
      sentence,
      figures,
    });
  };
  for (const placement of plan.placements) {
    const { demand, onServing, left, refusal } = placement;
    const { group, sinceMillis } = demand;
    const unread = unreadConstraint(demand.needs.constraints);
    if (refusal === 'no-type') {
      if (!unfit.has(group) && !reported.includes(group))
        say(
          placement,
          'fits-nowhere',
          `${tasks(left)} of ${group} fit no instance type that any pool launches (each needs ${needsWords(placement)}): nothing is added for them`,
        );
      unfit.add(group);
    } else if (refusal === 'in-vain') {
      say(
        placement,
        'cooldown',
        `${tasks(left)} of ${group} don't fit on what was launched last (each needs ${needsWords(placement)}): more of the same is not ordered for ${2 * policy.bootSeconds} s`,
      );
    } else if (
      onServing > 0 &&
      onServing === demand.count &&
      atMillis - newest >= settleMillis &&
      (sinceMillis === null || atMillis - sinceMillis >= settleMillis)
    ) {
      say(
        placement,
        'fits-but-unplaced',
        `${tasks(onServing)} of ${group} fit on the instances that serve, and ECS doesn't place them all the same: see the service's events; nothing is added for them`,
      );
    } else if (unread !== undefined) {
      say(
        placement,
        'missing-data',
        `where ${group} may go can't be read here (${unread.slice(0, 200)}): any instance is taken to suit`,
      );
    }
  }
  for (const service of unplaced.unread)
    decisions.push({
      subject: `placement/service:${service}`,
      outcome: 'hold',
      reason: 'missing-data',
      from: null,
      to: null,
      sentence: `what a task of ${service} needs can't be read: nothing is added for it, and nothing removed`,
      figures: {},
    });
  return { decisions, reportedUnfit: [...unfit].sort() };
};
