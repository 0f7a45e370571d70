import type { RequestCount, Stint } from './count-requests.ts';
import type { SimulatedGroup } from './simulated-group.ts';
import type { TargetGroups } from './target-groups.ts';

/** Requests of a group. All there were are `sent` and `unserved`; of those sent, the rest was answered or is in flight. */
export interface GroupTraffic extends RequestCount {
  /** Came while the group had no healthy target. */
  readonly unserved: number;
}

export const failedRequests = ({ toDeadTarget, cutOff, unserved }: GroupTraffic): number =>
  toDeadTarget + cutOff + unserved;

const addTraffic = (one: GroupTraffic, other: GroupTraffic): GroupTraffic => ({
  sent: one.sent + other.sent,
  toDeadTarget: one.toDeadTarget + other.toDeadTarget,
  cutOff: one.cutOff + other.cutOff,
  unserved: one.unserved + other.unserved,
});

const nothing: GroupTraffic = { sent: 0, toDeadTarget: 0, cutOff: 0, unserved: 0 };

export const sumTraffic = (parts: Iterable<GroupTraffic>): GroupTraffic =>
  [...parts].reduce(addTraffic, nothing);

/** Counts what was sent until now, when it is asked: nothing is simulated request by request. */
export class Traffic {
  readonly #targets: TargetGroups;

  constructor(targets: TargetGroups) {
    this.#targets = targets;
  }

  /** By the group's name. */
  byGroup(nowMillis: number): ReadonlyMap<string, GroupTraffic> {
    const counted = [...this.#targets.groups.values()].map((group) => {
      const unserved = group.facts.isInUse ? group.phase.unserved(nowMillis) : 0;
      const stints = group.stints.map((stint) => this.#count(group, stint, nowMillis));
      return [group.facts.group, sumTraffic([{ ...nothing, unserved }, ...stints])] as const;
    });
    return new Map(counted);
  }

  /** By the task's ARN; tasks that never got requests are left out. */
  byTask(nowMillis: number): ReadonlyMap<string, GroupTraffic> {
    const counted = new Map<string, GroupTraffic>();
    for (const group of this.#targets.groups.values()) {
      for (const stint of group.stints) {
        const { taskArn } = stint.serves;
        const before = counted.get(taskArn) ?? nothing;
        counted.set(taskArn, addTraffic(before, this.#count(group, stint, nowMillis)));
      }
    }
    return counted;
  }

  #count(group: SimulatedGroup, stint: Stint, nowMillis: number): GroupTraffic {
    return { ...this.#targets.counterOf(group).count(stint, nowMillis), unserved: 0 };
  }
}
