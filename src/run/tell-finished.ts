import { writeJson } from '../store/stored-json.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import type { RunSummary } from './summary.ts';

/** Tells that the run has ended, unless that was noted as told: whoever finds a summary that nobody told of tells it. */
export const tellFinished = async (
  ports: Pick<RunPorts, 'store' | 'events' | 'clock'>,
  { runId, outcome }: Pick<RunSummary, 'runId' | 'outcome'>,
): Promise<void> => {
  const { told } = runKeys(runId);
  if ((await ports.store.get(told)).kind === 'found') return;
  const at = new Date(ports.clock.nowMillis()).toISOString();
  await ports.events.tell({ type: 'run.finished', runId, outcome, at });
  await writeJson(ports.store, told, { version: 1, runId, at });
};
