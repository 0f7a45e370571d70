import { isCertain } from '../leaving/is-taken-back.ts';
import { endUnhurried, type FinishedDrain } from './finish-drain.ts';
import { handOver } from './hand-over.ts';
import { openDrain } from './open-drain.ts';
import type { UnhurriedInput, UnhurriedPorts } from './unhurried-ports.ts';
import { drainOf, unhurriedKey } from './unhurried-progress.ts';

/** How Step Functions tells of a state that failed. */
export interface StateFailure {
  readonly Error: string;
  readonly Cause: string;
}

/** What a coordinator is given when nobody says when the instance goes. */
const graceMillis = 300_000;

/**
 * AbandonDrain: a state failed again and again. An instance that goes whatever happens is handed to the cluster's
 * coordinator, which has retries and a sweep of its own. Any other drain is given up: the record says why, and the instance
 * stays DRAINING, so that ECS goes on moving its services. May be done again. Throws what the store throws.
 */
export const abandonDrain = async (
  ports: UnhurriedPorts,
  input: UnhurriedInput,
  failure: StateFailure,
): Promise<FinishedDrain> => {
  const { cluster, drainId } = input;
  const open = await openDrain(ports, input);
  if (open === undefined) return { outcome: 'ended-before' };
  const { progress, entry } = open;
  const drain = drainOf(progress);
  const isOurs = entry !== undefined && entry.endedAtMillis === undefined && entry.pace === 'unhurried';
  let outcome = progress.outcome;
  if (isOurs && drain.notices.some(({ cause }) => isCertain(cause)) && progress.outcome === null) {
    await handOver(ports, input, Math.min(drain.deadlineMillis, ports.time.nowMillis() + graceMillis));
    outcome = 'handed-over';
  } else if (isOurs) {
    const known = progress.outcome;
    outcome = known === null || known === 'handed-over' || known === 'superseded' ? 'abandoned' : known;
    const why = `it could not be carried out: ${failure.Error}: ${failure.Cause}`.slice(0, 500);
    await endUnhurried(ports, open, outcome, true, [why]);
  }
  await ports.store.delete(unhurriedKey(cluster, drainId));
  return { outcome };
};
