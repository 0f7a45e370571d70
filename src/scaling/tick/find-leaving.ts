import type { LeavingDocument, LeavingInstance } from '../../drain/leaving/leaving-document.ts';
import type { InstanceSnapshot, LeavingFact } from '../cluster-snapshot.ts';
import type { CapacityMemory } from '../scaling-memory.ts';

/** Who asks for drains here, as their notices keep it. */
export const scalerName = 'stormdrain scaling';

/**
 * Asked for by the scaler, and by nobody and nothing else. A recommendation besides takes nothing away: else nobody would
 * terminate an instance that was drained for both.
 */
const isOurs = ({ notices }: LeavingInstance): boolean => {
  const asked = notices.filter(({ cause }) => cause !== 'rebalance');
  return (
    asked.length > 0 && asked.every(({ cause, detail }) => cause === 'operator' && detail === scalerName)
  );
};

/**
 * Pure: what the leaving document says, and of drains that have ended what the cluster says: a drain is over when nothing
 * runs on its instance any more, and has failed while something does. Ended drains are forgotten after an hour; those that
 * were asked for here and have not been seen to yet are known by the instance, which is DRAINING still.
 */
export const findLeaving = (
  document: LeavingDocument | undefined,
  instances: readonly InstanceSnapshot[],
  drains: CapacityMemory['drains'],
): readonly LeavingFact[] => {
  const registered = new Map(instances.map((instance) => [instance.instanceId, instance]));
  const endOf = (instanceId: string): 'over' | 'failed' => {
    const instance = registered.get(instanceId);
    return instance === undefined || instance.runningTasks + instance.pendingTasks === 0 ? 'over' : 'failed';
  };
  const known = Object.values(document?.instances ?? {}).flatMap((entry): readonly LeavingFact[] => {
    const { instanceId, drainId } = entry;
    const ours = isOurs(entry);
    const hasEnded = entry.endedAtMillis !== undefined;
    const isTakenBack =
      entry.cancelledAtMillis !== undefined && entry.notices.every(({ cause }) => revocable.has(cause));
    // Somebody brought it back, or it has just been drained for something that passed.
    if (hasEnded && !ours && registered.get(instanceId)?.status === 'ACTIVE') return [];
    const state = isTakenBack ? 'takenBack' : hasEnded ? endOf(instanceId) : 'draining';
    return [{ instanceId, drainId, isOurs: ours, state }];
  });
  const seen = new Set(known.map(({ instanceId }) => instanceId));
  const forgotten = Object.entries(drains).flatMap(([instanceId, { drainId }]): readonly LeavingFact[] =>
    seen.has(instanceId) || registered.get(instanceId)?.status !== 'DRAINING'
      ? []
      : [{ instanceId, drainId, isOurs: true, state: endOf(instanceId) }],
  );
  return [...known, ...forgotten];
};

/** After any other cause the instance goes, whatever anybody says. */
const revocable: ReadonlySet<string> = new Set(['operator', 'rebalance', 'health']);
