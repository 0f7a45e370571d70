import { FleetRefusedError, PlanInvalidError, WorkersLostError } from '../errors.ts';
import { observeRun } from './observe-run.ts';
import { readSummary } from './read-summary.ts';
import { isWorking, readRoster, readWorkerWords } from './roster.ts';
import { readControl } from './run-documents.ts';
import { workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

export type WorkerStop =
  | { readonly kind: 'observed' }
  | { readonly kind: 'ignored'; readonly reason: string };

/** What ends a run, whoever looks. */
const endings = [WorkersLostError, PlanInvalidError, FleetRefusedError];

/**
 * Workers of a run have stopped: looks at the run at once, so that they are replaced before the observer's own next
 * look. Workers that the roster knows of as ended, or that said goodbye because they were done, need nobody.
 */
export const workersStopped = async (
  ports: RunPorts,
  runId: string,
  workerIds: ReadonlySet<string>,
): Promise<WorkerStop> => {
  const ignored = (reason: string): WorkerStop => ({ kind: 'ignored', reason });
  const control = await readControl(ports.store, runId);
  if (control === undefined) return ignored(`there is no planned run ${runId}`);
  if (control.startAtMillis === undefined) return ignored('the run has not started: CheckWorkers looks');
  if ((await readSummary(ports.store, runId)) !== undefined) return ignored('the run has ended');
  const roster = await readRoster(ports.store, runId);
  if (roster?.value.closing === true) return ignored('the run is being closed');
  const stopped = (roster?.value.workers ?? []).filter(
    (entry) => isWorking(entry) && entry.workerId !== null && workerIds.has(entry.workerId),
  );
  const { exits } = await readWorkerWords(ports.store, runId, stopped);
  const isDone = (reason: string | undefined): boolean =>
    reason === 'finished' || reason === 'released' || reason === 'stopped';
  if (stopped.every((entry) => isDone(exits.get(workerName(entry))?.reason)))
    return ignored('nobody is missing');
  try {
    await observeRun(ports, { runId });
  } catch (error) {
    // The state machine's own look finds the same, and ends the run.
    if (endings.some((Ending) => error instanceof Ending))
      return ignored(`left to the observer: ${(error as Error).name}`);
    throw error;
  }
  return { kind: 'observed' };
};
