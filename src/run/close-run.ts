import { RunNotFoundError } from '../errors.ts';
import { readSummary } from './read-summary.ts';
import { type CaughtFailure, recordFailure } from './record-failure.ts';
import type { RunPorts } from './run-ports.ts';
import { stopWorkers } from './stop-workers.ts';
import { tellFinished } from './tell-finished.ts';

export interface ClosedRun {
  /** How many workers were left. */
  readonly stopped: number;
  /** Whether it was this that gave the run its ending. */
  readonly recorded: boolean;
}

/**
 * Ends a run that nobody orchestrates any more: stops what is left of its workers and, unless it has a summary,
 * records the failure with what was measured. Done again, it does nothing.
 */
export const closeRun = async (
  ports: RunPorts,
  runId: string,
  failure: CaughtFailure,
): Promise<ClosedRun> => {
  const { stopped } = await stopWorkers(ports, { runId });
  const summary = await readSummary(ports.store, runId);
  if (summary !== undefined) {
    await tellFinished(ports, summary);
    return { stopped, recorded: false };
  }
  try {
    await recordFailure(ports, { runId, failure });
    return { stopped, recorded: true };
  } catch (error) {
    // Workers of a run whose plan is gone are stopped all the same; there is nothing to sum up.
    if (error instanceof RunNotFoundError) return { stopped, recorded: false };
    throw error;
  }
};

export const orchestratorLost: CaughtFailure = {
  Error: 'OrchestratorLost',
  Cause:
    'Whoever orchestrated this run is gone (the command was killed?). Its workers ended by their lease; what they measured until then is kept.',
};
