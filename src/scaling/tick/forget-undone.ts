import type { ScalingAction } from '../scaling-decision.ts';
import { newServiceMemory, type ScalingMemory } from '../scaling-memory.ts';

/**
 * Pure: the memory of a tick without what was decided and not done, so that no cooldown is waited for after a change that
 * never was, and nobody takes the count that stayed for somebody else's.
 * @param wereTried False in a dry run. A termination that failed may have lowered its fleet's target, which is remembered.
 */
export const forgetUndone = (
  before: ScalingMemory,
  after: ScalingMemory,
  actions: readonly ScalingAction[],
  undone: readonly ScalingAction[],
  wereTried: boolean,
): ScalingMemory => {
  if (undone.length === 0) return after;
  const services = { ...after.services };
  const drains = { ...after.capacity.drains };
  const unneededSince = { ...after.capacity.unneededSince };
  for (const action of undone) {
    if (action.kind === 'setPool' || (action.kind === 'terminate' && wereTried)) continue;
    if (action.kind === 'setService') {
      const now = services[action.service];
      const { lastSet, lastOutMillis, lastInMillis } = before.services[action.service] ?? newServiceMemory();
      if (now !== undefined) services[action.service] = { ...now, lastSet, lastOutMillis, lastInMillis };
      continue;
    }
    const { instanceId } = action;
    restore(drains, before.capacity.drains, instanceId);
    if (action.kind === 'beginDrain') restore(unneededSince, before.capacity.unneededSince, instanceId);
  }
  const isNoneDone = (...kinds: readonly ScalingAction['kind'][]): boolean =>
    actions.filter(({ kind }) => kinds.includes(kind)).every((action) => undone.includes(action));
  const hasOut = undone.some(({ kind }) => kind === 'setPool' || kind === 'cancelDrain');
  const hasIn = undone.some(({ kind }) => kind === 'beginDrain' || kind === 'terminate');
  return {
    ...after,
    services,
    capacity: {
      ...after.capacity,
      drains,
      unneededSince,
      ...(hasOut && isNoneDone('setPool', 'cancelDrain')
        ? { lastOutMillis: before.capacity.lastOutMillis }
        : {}),
      ...(hasIn && isNoneDone('beginDrain', 'terminate')
        ? { lastInMillis: before.capacity.lastInMillis }
        : {}),
    },
  };
};

const restore = <Value>(
  now: Record<string, Value>,
  before: Readonly<Record<string, Value>>,
  key: string,
): void => {
  const value = before[key];
  if (value === undefined) delete now[key];
  else now[key] = value;
};
