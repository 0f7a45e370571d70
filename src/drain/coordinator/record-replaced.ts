import type { LeavingDocument, LeavingInstance } from '../leaving/leaving-document.ts';
import type { DrainSession } from './drain-session.ts';
import type { Drain, DrainState } from './drain-state.ts';
import { hurriedRecord, tellEnd } from './end-drains.ts';

/** A drain as it was when it was taken back; undefined when it wasn't, or is still known. */
export const asReplaced = (drain: Drain, entry: LeavingInstance | undefined): Drain | undefined => {
  const previous = entry?.previous;
  if (entry?.drainId === drain.drainId || previous?.how !== 'cancelled') return undefined;
  const { how: _, ...takenBack } = previous;
  return { ...drain, isTakenBack: true, takenBack };
};

/**
 * Drains that were taken back, and whose instance was asked for again before they had ended: another drain of it goes on,
 * and these get their record. Done again after a crash, under the same key, as long as the progress holds them.
 */
export const recordReplaced = async (
  session: DrainSession,
  before: DrainState,
  { instances }: LeavingDocument,
): Promise<void> => {
  for (const drain of Object.values(before.drains)) {
    const replaced = asReplaced(drain, instances[drain.instanceId]);
    if (replaced === undefined) continue;
    await tellEnd(session, replaced, { outcome: 'taken-back' }, (now, _, how) =>
      hurriedRecord(now, replaced, how),
    );
    // So that the progress is written without it.
    session.fold((state) => state);
  }
};
