import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson, updateJson } from '../../store/stored-json.ts';
import {
  type KnownTask,
  type TargetsDocument,
  targetsDocument,
  targetsKey,
  withTask,
} from './targets-document.ts';

const none = (cluster: string): TargetsDocument => ({ version: 1, cluster, tasks: {} });

export const readTargets = async (store: ObjectStore, cluster: string): Promise<TargetsDocument> =>
  (await readJson(store, targetsKey(cluster), targetsDocument))?.value ?? none(cluster);

/**
 * Compare-and-set on several tasks at once. `change` gives a task's new entry, the very one that it was given to leave
 * it, or undefined; the answer is what it gave. Throws `StoreConflict`.
 */
export const changeTasks = async (
  store: ObjectStore,
  cluster: string,
  taskArns: readonly string[],
  nowMillis: number,
  change: (known: KnownTask | undefined, taskArn: string) => KnownTask | undefined,
): Promise<ReadonlyMap<string, KnownTask>> => {
  let changed = new Map<string, KnownTask>();
  if (taskArns.length === 0) return changed;
  await updateJson(store, targetsKey(cluster), targetsDocument, (before) => {
    const start = before ?? none(cluster);
    let document = start;
    changed = new Map();
    for (const taskArn of taskArns) {
      const task = change(document.tasks[taskArn], taskArn);
      if (task === undefined) continue;
      changed.set(taskArn, task);
      if (task === document.tasks[taskArn]) continue;
      document = withTask(document, taskArn, task, nowMillis);
    }
    return document === start ? undefined : document;
  });
  return changed;
};
