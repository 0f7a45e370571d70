import { classifyLeaving } from './classify-task.ts';
import type { TaskNews } from './parse-task-event.ts';
import { callGroups, type TargetPorts } from './target-ports.ts';
import type { KnownTask } from './targets-document.ts';
import { changeTasks } from './targets-store.ts';

export interface LeaveResult {
  readonly deregistered: number;
  readonly ignored: number;
  /** Tasks whose deregistration must be tried again. */
  readonly failed: ReadonlySet<string>;
}

/**
 * Deregisters tasks that leave: what was registered is in the document, so nothing is described first. One that stops and
 * nobody knows is noted as well, so that a registration which is under way elsewhere takes itself back; not one that has
 * stopped, as batch tasks do by the thousand: whoever is about to register it finds it stopped.
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
  const failures = await callGroups(
    ports,
    'deregister',
    leaving.flatMap(([, { targets }]) => targets),
  );
  const isDone = ({ targets }: KnownTask): boolean => targets.every(({ group }) => !failures.has(group));
  const done = leaving.filter(([, task]) => isDone(task)).map(([taskArn]) => taskArn);
  await changeTasks(ports.store, cluster, done, now, (known) =>
    known?.state === 'leaving' ? { ...known, state: 'left', changedAtMillis: now } : undefined,
  );
  return {
    deregistered: done.length,
    ignored: news.length - leaving.length,
    failed: new Set(leaving.filter(([, task]) => !isDone(task)).map(([taskArn]) => taskArn)),
  };
};
