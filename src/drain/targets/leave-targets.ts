import { classifyLeaving } from './classify-task.ts';
import type { TaskNews } from './parse-task-event.ts';
import { callGroups, type TargetPorts } from './target-ports.ts';
import type { KnownTarget, KnownTask, TargetsDocument } from './targets-document.ts';
import { changeTasks, readTargets } from './targets-store.ts';

export interface LeaveResult {
  readonly deregistered: number;
  readonly ignored: number;
  /** Tasks whose deregistration must be tried again. */
  readonly failed: ReadonlySet<string>;
  /** Tasks at an address that one of these had before: they are to be registered again, in case they were hit. */
  readonly again: readonly TaskNews[];
}

const nameOf = ({ group, id, port }: KnownTarget): string => `${group} ${id} ${port}`;

/** Tasks that are registered where these targets are: an address is given to another task when its own has ended. */
const tasksAt = (
  { tasks }: TargetsDocument,
  targets: readonly KnownTarget[],
): readonly (readonly [string, KnownTask])[] => {
  const names = new Set(targets.map(nameOf));
  return Object.entries(tasks).filter(
    ([, task]) =>
      (task.state === 'registering' || task.state === 'registered') &&
      task.targets.some((target) => names.has(nameOf(target))),
  );
};

/**
 * Deregisters tasks that leave: what was registered is in the document, so nothing is described first. One that stops and
 * nobody knows is noted as well, so that a registration which is under way elsewhere takes itself back; not one that has
 * stopped, as batch tasks do by the thousand: whoever is about to register it finds it stopped. What another task is registered at by now stays.
 */
export const leaveTargets = async (
  ports: TargetPorts,
  cluster: string,
  news: readonly TaskNews[],
): Promise<LeaveResult> => {
  const now = ports.time.nowMillis();
  const versions = new Map<string, number>();
  const stopped = new Set<string>();
  for (const { taskArn, version, hasStopped } of news) {
    versions.set(taskArn, Math.max(version, versions.get(taskArn) ?? 0));
    if (hasStopped) stopped.add(taskArn);
  }
  const meant = await changeTasks(ports.store, cluster, [...versions.keys()], now, (known, taskArn) => {
    const version = versions.get(taskArn) ?? 0;
    if (known === undefined && stopped.has(taskArn)) return undefined;
    if (classifyLeaving(known, version).kind === 'ignored') return undefined;
    const targets = known?.targets ?? [];
    return { version, state: targets.length === 0 ? 'left' : 'leaving', targets, changedAtMillis: now };
  });
  const leaving = [...meant].filter(([, { targets }]) => targets.length > 0);
  if (leaving.length === 0) return { deregistered: 0, ignored: news.length, failed: new Set(), again: [] };
  const targets = leaving.flatMap(([, task]) => task.targets);
  const taken = new Set(
    tasksAt(await readTargets(ports.store, cluster), targets).flatMap(([, task]) => task.targets.map(nameOf)),
  );
  const failures = await callGroups(
    ports,
    'deregister',
    targets.filter((target) => !taken.has(nameOf(target))),
  );
  const isDone = (task: KnownTask): boolean =>
    task.targets.every((target) => taken.has(nameOf(target)) || !failures.has(target.group));
  const done = leaving.filter(([, task]) => isDone(task)).map(([taskArn]) => taskArn);
  // Registered while this was deregistered, or while an earlier try was that died: nobody knows which came last.
  const others = tasksAt(await readTargets(ports.store, cluster), targets);
  const ended = [...done, ...others.map(([taskArn]) => taskArn)];
  await changeTasks(ports.store, cluster, ended, now, (known) => {
    if (known?.state === 'leaving') return { ...known, state: 'left', changedAtMillis: now };
    return known?.state === 'registered' ? { ...known, state: 'registering' } : undefined;
  });
  return {
    deregistered: done.length,
    ignored: news.length - leaving.length,
    failed: new Set(leaving.filter(([, task]) => !isDone(task)).map(([taskArn]) => taskArn)),
    again: others.map(([taskArn, { version }]) => ({
      kind: 'task',
      cluster,
      taskArn,
      version,
      phase: 'running',
      hasStopped: false,
    })),
  };
};
