import { abandonDrain, type StateFailure } from './abandon-drain.ts';
import { beginDrain } from './begin-drain.ts';
import { finishDrain } from './finish-drain.ts';
import { lookAtDrain } from './look-at-drain.ts';
import type { UnhurriedInput, UnhurriedPorts } from './unhurried-ports.ts';

const mostTries = 7;
const longestPauseMillis = 240_000;

const failureOf = (error: unknown): StateFailure =>
  error instanceof Error
    ? { Error: error.name, Cause: error.message }
    : { Error: 'Error', Cause: String(error) };

/** A whole drain without hurry in one process: what drain-instance.asl.yml is on AWS, for a cluster on this machine. */
export const drainInstance = async (ports: UnhurriedPorts, input: UnhurriedInput): Promise<void> => {
  const tried = async <Result>(state: () => Promise<Result>): Promise<Result> => {
    for (let tries = 1; ; tries++) {
      try {
        return await state();
      } catch (error) {
        if (tries === mostTries) throw error;
        await ports.time.sleep(ports.random() * Math.min(longestPauseMillis, 5_000 * 3 ** (tries - 1)));
      }
    }
  };
  try {
    let look = await tried(() => beginDrain(ports, input));
    while (!look.isOver) {
      await ports.time.sleep(look.waitSeconds * 1000);
      look = await tried(() => lookAtDrain(ports, input));
    }
    await tried(() => finishDrain(ports, input));
  } catch (error) {
    await tried(() => abandonDrain(ports, input, failureOf(error)));
  }
};
