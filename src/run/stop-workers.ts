import { updateJson } from '../store/stored-json.ts';
import { rosterDocument } from './documents.ts';
import { renewingLease } from './renewing-lease.ts';
import { isWorking, readRoster, readWorkerWords } from './roster.ts';
import { readControl } from './run-documents.ts';
import { runKeys, workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

/**
 * A worker that is asked to end ships what it has. It gives a thread that doesn't answer 6 s before it goes on without
 * it, and the last segment and the goodbye are two writes to the store; a worker that is done ends sooner.
 */
export const shipSeconds = 10;

/**
 * Stops whatever of the run's workers still runs, on the roster or not, and notes it there. Part of every way out, so
 * that nothing outlives a run; with nothing left to stop it does nothing. The roster is closed first: the workers' ends
 * are told to observers, which would take them for lost and replace them.
 */
export const stopWorkers = async (
  ports: RunPorts,
  { runId }: { readonly runId: string },
): Promise<{ readonly stopped: number }> => {
  const closed = await updateJson(ports.store, runKeys(runId).roster, rosterDocument, (current) =>
    current === undefined || current.closing === true ? undefined : { ...current, closing: true },
  );
  const working = (closed?.workers ?? []).filter(isWorking);
  const alive = (await ports.fleet.list(runId)).filter((worker) => worker.state === 'running');
  const ids = new Set([
    ...working.flatMap(({ workerId }) => workerId ?? []),
    ...alive.map((worker) => worker.workerId),
  ]);
  const control = await readControl(ports.store, runId);
  const stop = (): Promise<void> => ports.fleet.stop(runId, [...ids], shipSeconds);
  // While they are asked one after the other, the last of 1,000 must not take the run for abandoned.
  if (ids.size > 0) await (control === undefined ? stop() : renewingLease(ports, control, stop));
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
