import { RunNotFoundError } from '../errors.ts';
import { updateJson } from '../store/stored-json.ts';
import { controlDocument } from './documents.ts';
import { renewLease } from './run-documents.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

/** Writes the one start instant, in the near future; all workers start on the clock. Retried, the instant stays. */
export const startRun = async (
  ports: RunPorts,
  { runId }: { readonly runId: string },
): Promise<{ readonly startAt: string; readonly waitSeconds: number }> => {
  const nowMillis = ports.clock.nowMillis();
  const control = await updateJson(ports.store, runKeys(runId).control, controlDocument, (current) =>
    current === undefined || current.startAtMillis !== undefined
      ? undefined
      : { ...current, startAtMillis: nowMillis + current.timing.startLeadMillis },
  );
  if (control?.startAtMillis === undefined)
    throw new RunNotFoundError(`Run ${runId} was never planned: it has no control.json.`);
  await renewLease(ports.store, control, nowMillis);
  return {
    startAt: new Date(control.startAtMillis).toISOString(),
    waitSeconds: control.timing.observeSeconds,
  };
};
