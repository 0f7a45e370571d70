import type { ClusterTask } from '../../platform/ports/container-cluster.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import type { KnownTarget } from './targets-document.ts';
import { readTargets } from './targets-store.ts';
import { balancerTag } from './task-targets.ts';

/** By the task's ARN. */
export type RegisteredTargets = ReadonlyMap<string, readonly KnownTarget[]>;

/** What stormdrain has registered of tasks of their own; nothing is read where none is tagged. Throws what the store throws. */
export const readRegistered = async (
  store: ObjectStore,
  cluster: string,
  tasks: readonly ClusterTask[],
): Promise<RegisteredTargets> => {
  const tagged = tasks.filter(({ service, tags }) => service === null && Boolean(tags[balancerTag]));
  if (tagged.length === 0) return new Map();
  const known = (await readTargets(store, cluster)).tasks;
  return new Map(tagged.map(({ taskArn }) => [taskArn, known[taskArn]?.targets ?? []]));
};
