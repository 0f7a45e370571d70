import type { DrainConductor } from '../../platform/ports/drain-conductor.ts';
import type { DrainPorts } from '../drain-ports.ts';
import { turnOf } from '../unhurried/turn-of.ts';
import type { InstanceLeaving } from './instance-leaving.ts';
import { type LeavingChange, mergeLeaving } from './merge-leaving.ts';
import { updateLeaving } from './update-leaving.ts';
import { hasHurriedDrains } from './wake-coordinator.ts';

/**
 * News of one cluster's instances into its document; then whoever has to see to them is woken, for what was known too:
 * whoever wrote it may have died before it woke anybody. Gives what each piece of news changed. Throws what the store and
 * the conductor throw; all of it can be done again.
 */
export const mergeAndWake = async (
  ports: Pick<DrainPorts, 'store' | 'time' | 'random'> & { readonly conductor: DrainConductor },
  cluster: string,
  news: readonly InstanceLeaving[],
): Promise<readonly LeavingChange[]> => {
  let changes: readonly LeavingChange[] = [];
  const document = await updateLeaving(ports, cluster, (current) => {
    const merged = mergeLeaving(current, cluster, news, ports.time.nowMillis());
    changes = merged.changes;
    return merged.document;
  });
  if (hasHurriedDrains(document)) await ports.conductor.conduct(cluster, document.generation);
  const drains = new Map<string, string>();
  for (const { instanceId } of news) {
    const entry = document.instances[instanceId];
    if (entry?.pace === 'unhurried' && entry.endedAtMillis === undefined)
      drains.set(entry.drainId, turnOf(entry));
  }
  await Promise.all(
    [...drains].map(([drainId, turn]) => ports.conductor.conductInstance(cluster, drainId, turn)),
  );
  return changes;
};
