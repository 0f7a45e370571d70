import type { ClusterTask, TaskDefinitionFacts } from '../../../platform/ports/container-cluster.ts';
import { balancerTag } from '../../targets/task-targets.ts';
import type { ClusterPicture, RiskLimits } from './drain-risk.ts';

/** Whose tasks a group sends requests to. */
export interface GroupUsers {
  readonly group: string;
  /** `service web`, `task 3f0c…`. */
  readonly users: readonly string[];
  /** Whether some of them are tasks of their own, which name the group by their tag. */
  readonly isTagged: boolean;
  /** The longest of their tasks'. */
  readonly stopTimeoutSeconds: number;
}

/** The group that a task of its own names by its tag. */
export const taggedGroup = ({ service, tags }: ClusterTask): string | undefined =>
  service === null && tags[balancerTag] !== '' ? tags[balancerTag] : undefined;

/** Every group that a service or a tag names, whether it is there or not. */
export const usersOfGroups = (
  { tasks, services, definitions }: Pick<ClusterPicture, 'tasks' | 'services' | 'definitions'>,
  { defaultStopTimeoutSeconds }: Pick<RiskLimits, 'defaultStopTimeoutSeconds'>,
): readonly GroupUsers[] => {
  const byArn = new Map<string, TaskDefinitionFacts>(definitions.map((one) => [one.taskDefinitionArn, one]));
  const stopTimeoutOf = ({ taskDefinitionArn }: ClusterTask): number =>
    byArn.get(taskDefinitionArn)?.stopTimeoutSeconds ?? defaultStopTimeoutSeconds;
  const found = new Map<string, { users: Set<string>; isTagged: boolean; stopTimeoutSeconds: number }>();
  const add = (group: string, user: string, timeouts: readonly number[], isTagged: boolean): void => {
    const known = found.get(group) ?? { users: new Set(), isTagged: false, stopTimeoutSeconds: 0 };
    known.users.add(user);
    known.isTagged ||= isTagged;
    known.stopTimeoutSeconds = Math.max(known.stopTimeoutSeconds, ...timeouts);
    found.set(group, known);
  };
  const ofService = new Map<string, number[]>();
  for (const task of tasks) {
    if (task.service !== null) {
      const timeouts = ofService.get(task.service) ?? [];
      timeouts.push(stopTimeoutOf(task));
      ofService.set(task.service, timeouts);
    }
    const tagged = taggedGroup(task);
    if (tagged !== undefined) add(tagged, `task ${idOf(task.taskArn)}`, [stopTimeoutOf(task)], true);
  }
  for (const { serviceName, balancers } of services) {
    const timeouts = [...new Set(ofService.get(serviceName) ?? [defaultStopTimeoutSeconds])];
    for (const { targetGroupArn } of balancers)
      add(targetGroupArn, `service ${serviceName}`, timeouts, false);
  }
  return [...found].map(([group, { users, ...rest }]) => ({ group, users: [...users].sort(), ...rest }));
};

const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
