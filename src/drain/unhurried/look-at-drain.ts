import { StoreConflictError } from '../../errors.ts';
import { DrainSession } from '../coordinator/drain-session.ts';
import { drainLimits } from '../coordinator/drain-state.ts';
import { carryOutLook, giveBack } from './carry-out-look.ts';
import { closeLook } from './close-look.ts';
import { decideLook } from './decide-look.ts';
import { handOver } from './hand-over.ts';
import { isStandingBy, keepHooksWaiting } from './keep-hooks-waiting.ts';
import { joinEntry, openDrain } from './open-drain.ts';
import { readInstance, readProtection, readTasks } from './read-instance.ts';
import type { UnhurriedInput, UnhurriedLook, UnhurriedPorts } from './unhurried-ports.ts';

/** No new work begins after it; the state's own timeout comes later. */
const timeLimitMillis = 40_000;
/**
 * LookAtDrain: gives Auto Scaling its heartbeats, reads what is left on the instance, and does what decideLook says is due.
 * May be done again, and by two at once. Throws `StoreUnavailable`, `StoreConflict` and what waking the coordinator throws;
 * a call to the cluster, a balancer or Auto Scaling that fails is noted and made again at the next look.
 */
export const lookAtDrain = async (ports: UnhurriedPorts, input: UnhurriedInput): Promise<UnhurriedLook> => {
  const open = await openDrain(ports, input);
  if (open?.entry === undefined || (open.progress.outcome !== null && !isStandingBy(open.progress)))
    return { isOver: true, waitSeconds: 0 };
  const { cluster, drainId } = input;
  const waiting = await keepHooksWaiting(ports, open.progress, open.entry.previous?.atMillis);
  if (waiting.outcome !== null) return closeLook(ports, open, waiting, null);
  const joined = joinEntry(waiting, open.entry);
  const untilMillis = ports.time.nowMillis() + timeLimitMillis;
  const session = new DrainSession(ports, cluster, drainLimits, untilMillis, joined.state);
  await readInstance(session, drainId);
  await readTasks(session, drainId);
  const protectedUntil = await readProtection(session, drainId);
  const seen = () => ({ ...joined, protectedUntil, state: session.state });
  const decide = () => decideLook(seen(), session.now(), session.limits);
  await carryOutLook(session, decide);
  const { end, nextAtMillis } = decide();
  if (end?.kind === 'hurried') await handOver(ports, input, end.deadlineMillis);
  const outcome = end === null ? null : end.kind === 'hurried' ? 'handed-over' : end.outcome;
  try {
    return await closeLook(ports, open, { ...seen(), outcome }, nextAtMillis);
  } catch (error) {
    if (error instanceof StoreConflictError) await giveBack(ports, session, seen());
    throw error;
  }
};
