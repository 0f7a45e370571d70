import { updateLeaving } from '../leaving/update-leaving.ts';
import { hasHurriedDrains, wakeCoordinator } from '../leaving/wake-coordinator.ts';
import { entryOf } from './open-drain.ts';
import type { UnhurriedInput, UnhurriedPorts } from './unhurried-ports.ts';

/** Makes a drain the coordinator's, by a deadline in milliseconds since the epoch. Twice is as good as once. */
export const handOver = async (
  ports: UnhurriedPorts,
  { cluster, drainId }: UnhurriedInput,
  deadlineMillis: number,
): Promise<void> => {
  const document = await updateLeaving(ports, cluster, (current) => {
    if (current === undefined) throw new TypeError(`the leaving document of ${cluster} is gone`);
    const entry = entryOf(current, drainId);
    if (entry === undefined || entry.endedAtMillis !== undefined) return current;
    const hurried = {
      ...entry,
      pace: 'hurried' as const,
      deadlineMillis: Math.min(entry.deadlineMillis ?? deadlineMillis, deadlineMillis),
    };
    const isKnown = entry.pace === 'hurried' && entry.deadlineMillis === hurried.deadlineMillis;
    const changed = isKnown
      ? current
      : { ...current, instances: { ...current.instances, [entry.instanceId]: hurried } };
    return wakeCoordinator(changed, ports.time.nowMillis());
  });
  if (hasHurriedDrains(document)) await ports.conductor.conduct(cluster, document.generation);
};
