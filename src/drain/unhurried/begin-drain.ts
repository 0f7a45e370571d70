import { DrainSession } from '../coordinator/drain-session.ts';
import { drainLimits } from '../coordinator/drain-state.ts';
import { carryOutChanges } from '../coordinator/modify-lane.ts';
import { closeLook } from './close-look.ts';
import { decideLook } from './decide-look.ts';
import { keepHooksWaiting } from './keep-hooks-waiting.ts';
import { joinEntry, openDrain } from './open-drain.ts';
import { readInstance } from './read-instance.ts';
import type { UnhurriedInput, UnhurriedLook, UnhurriedPorts } from './unhurried-ports.ts';

const timeLimitMillis = 40_000;

/**
 * BeginDrain: the instance takes no new tasks from now on (DRAINING), and its hooks know that somebody is at work. May be
 * done again; what fails is done by the first look. Throws what the store throws.
 */
export const beginDrain = async (ports: UnhurriedPorts, input: UnhurriedInput): Promise<UnhurriedLook> => {
  const open = await openDrain(ports, input);
  if (open?.entry === undefined || open.progress.outcome !== null) return { isOver: true, waitSeconds: 0 };
  const { progress, entry } = open;
  const untilMillis = ports.time.nowMillis() + timeLimitMillis;
  const session = new DrainSession(ports, input.cluster, drainLimits, untilMillis, progress.state);
  await readInstance(session, input.drainId);
  const { due } = decideLook({ ...progress, state: session.state }, session.now(), session.limits);
  await carryOutChanges(session, due);
  const seen = { ...progress, state: session.state };
  const waiting = joinEntry(await keepHooksWaiting(ports, seen, entry.previous?.atMillis), entry);
  const { nextAtMillis } = decideLook(waiting, session.now(), session.limits);
  return closeLook(ports, open, waiting, nextAtMillis, session.now());
};
