import { rosterDocument } from './documents.ts';
import { isWorking, readRoster, readWorkerWords } from './roster.ts';
import { runKeys, workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { updateJson } from './stored-json.ts';

/** A worker that is asked to end ships what it has; it gets this long. */
const graceSeconds = 5;

/**
 * Stops whatever of the run's workers still runs, on the roster or not, and notes it there. Part of every way out, so
 * that nothing outlives a run; with nothing left to stop it does nothing.
 */
export const stopWorkers = async (
  ports: RunPorts,
  { runId }: { readonly runId: string },
): Promise<{ readonly stopped: number }> => {
  const working = ((await readRoster(ports.store, runId))?.value.workers ?? []).filter(isWorking);
  const alive = (await ports.fleet.list(runId)).filter((worker) => worker.state === 'running');
  const ids = new Set([
    ...working.flatMap(({ workerId }) => workerId ?? []),
    ...alive.map((worker) => worker.workerId),
  ]);
  await ports.fleet.stop(runId, [...ids], graceSeconds);
  if (working.length > 0) await noteStopped(ports, runId);
  return { stopped: ids.size };
};

const noteStopped = async (ports: RunPorts, runId: string): Promise<void> => {
  const roster = await readRoster(ports.store, runId);
  const { exits } = await readWorkerWords(ports.store, runId, roster?.value.workers ?? []);
  const now = new Date(ports.clock.nowMillis()).toISOString();
  await updateJson(ports.store, runKeys(runId).roster, rosterDocument, (current) =>
    current === undefined
      ? undefined
      : {
          ...current,
          workers: current.workers.map((entry) => {
            const exit = exits.get(workerName(entry));
            return isWorking(entry)
              ? {
                  ...entry,
                  state: 'stopped' as const,
                  endedAt: exit?.at ?? now,
                  segments: exit?.segments ?? null,
                }
              : entry;
          }),
        },
  );
};
