import { isWorking, readRoster } from './roster.ts';
import type { RunPorts } from './run-ports.ts';

/** A worker that is asked to end ships what it has; it gets this long. */
const graceSeconds = 5;

/**
 * Stops whatever of the run's workers still runs, on the roster or not. Part of every way out, so that nothing
 * outlives a run; with nothing left to stop it does nothing.
 */
export const stopWorkers = async (ports: RunPorts, { runId }: { readonly runId: string }): Promise<{ readonly stopped: number }> => {
  const roster = await readRoster(ports.store, runId);
  const listed = (roster?.value.workers ?? []).filter(isWorking).flatMap(({ workerId }) => workerId ?? []);
  const alive = (await ports.fleet.list(runId)).filter((worker) => worker.state === 'running');
  const ids = new Set([...listed, ...alive.map((worker) => worker.workerId)]);
  await ports.fleet.stop(runId, [...ids], graceSeconds);
  return { stopped: ids.size };
};
