import { mayPass } from '../../calls/paced-call.ts';
import type { CatalogWork } from './catalog-work.ts';

const mostTries = 3;
const passing: ReadonlySet<string> = new Set(['StoreUnavailable', 'StoreConflict']);

/** Does it again after a moment when it failed in a way that may pass. Undefined when it failed for good, which is a problem. */
export const inTries = async <Outcome>(
  { ports, tally }: CatalogWork,
  what: string,
  act: () => Promise<Outcome>,
): Promise<Outcome | undefined> => {
  for (let tried = 1; ; tried++) {
    try {
      return await act();
    } catch (error) {
      const isPassing = mayPass(error) || (error instanceof Error && passing.has(error.name));
      if (!isPassing || tried === mostTries) {
        tally.problem(`${what}: ${String(error)}`);
        return undefined;
      }
      await ports.time.sleep(500 * 2 ** tried * (0.5 + ports.random() / 2));
    }
  }
};
