import type { RunApi } from '../platform/ports/run-api.ts';
import type { CliContext } from './cli-context.ts';

/** How often a run is asked to stop before that is given up, and milliseconds in between. */
export interface StopPersistence {
  readonly attempts: number;
  readonly retryMillis: number;
}

export const localStopPersistence: StopPersistence = { attempts: 20, retryMillis: 200 };
/** A function that has not run for a while takes seconds to start, and so a run to be planned. */
export const stackStopPersistence: StopPersistence = { attempts: 60, retryMillis: 1000 };

const passing = new Set(['RunNotPlanned', 'StoreUnavailable', 'ServiceUnavailable']);

/** Right after its start a run isn't planned yet and can't be stopped; it may also end by itself meanwhile. */
export const stopRun = async (
  context: CliContext,
  api: RunApi,
  runId: string,
  { attempts, retryMillis }: StopPersistence,
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await api.stop(runId, 'interrupted');
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name === 'RunAlreadyEnded') return;
      if (!passing.has(name) || attempt === attempts) throw error;
      await context.sleep(retryMillis);
    }
  }
};
