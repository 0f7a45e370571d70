import { CapacityUnavailableError } from '../../errors.ts';
import { DrainSession } from '../coordinator/drain-session.ts';
import { drainLimits } from '../coordinator/drain-state.ts';
import { endDrains } from '../coordinator/end-drains.ts';
import type { DrainOutcome } from '../coordinator/plan-drain.ts';
import { type OpenDrain, openDrain } from './open-drain.ts';
import type { UnhurriedInput, UnhurriedPorts } from './unhurried-ports.ts';
import { makeUnhurriedRecord, type UnhurriedOutcome, unhurriedKey } from './unhurried-progress.ts';

export interface FinishedDrain {
  /** `ended-before`: nothing is known of it any more. */
  readonly outcome: UnhurriedOutcome | 'ended-before' | null;
}

const timeLimitMillis = 40_000;

/**
 * Lets Auto Scaling go on, writes the record, tells, and marks the entry as ended. False when Auto Scaling could not be told,
 * or a hook of the instance was heard of meanwhile; with `isOverdue` it is ended all the same.
 */
export const endUnhurried = async (
  ports: UnhurriedPorts,
  { progress }: OpenDrain,
  outcome: DrainOutcome,
  isOverdue: boolean,
  alsoMissed: readonly string[] = [],
): Promise<boolean> => {
  const { cluster, drainId, state } = progress;
  const untilMillis = ports.time.nowMillis() + timeLimitMillis;
  const session = new DrainSession(ports, cluster, drainLimits, untilMillis, state);
  await endDrains(session, [{ drainId, outcome, isOverdue }], (now, _, how) => {
    const record = makeUnhurriedRecord({ ...progress, state: now.state }, how, now.now());
    return { ...record, missed: [...record.missed, ...alsoMissed] };
  });
  return session.state.drains[drainId] === undefined;
};

/**
 * FinishDrain: what is to be done when nothing is left to wait for. May be done again: what is told may be told twice. Throws
 * `CapacityUnavailable` while Auto Scaling can't be told, and what the store throws.
 */
export const finishDrain = async (ports: UnhurriedPorts, input: UnhurriedInput): Promise<FinishedDrain> => {
  const { cluster, drainId } = input;
  const open = await openDrain(ports, input);
  if (open === undefined) return { outcome: 'ended-before' };
  const outcome = decideFinish(open);
  if (outcome !== null && outcome !== 'handed-over' && outcome !== 'superseded')
    if (!(await endUnhurried(ports, open, outcome, open.isReplaced)))
      throw new CapacityUnavailableError(
        `Auto Scaling could not be told that the drain ${drainId} of ${cluster} has ended, or waits for another hook; tell it again`,
      );
  await ports.store.delete(unhurriedKey(cluster, drainId));
  return { outcome };
};

/** What is to be recorded here; `handed-over` and `superseded` are recorded by whoever sees to it now, or did. */
const decideFinish = ({ progress, entry, isReplaced }: OpenDrain): UnhurriedOutcome | null => {
  if (isReplaced) return 'taken-back';
  if (entry === undefined || entry.endedAtMillis !== undefined) return 'superseded';
  return entry.pace === 'hurried' ? 'handed-over' : progress.outcome;
};
