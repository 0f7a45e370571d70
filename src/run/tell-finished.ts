import { writeJson } from '../store/stored-json.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import type { RunSummary } from './summary.ts';
import { writeRunRow } from './write-run-row.ts';

/**
 * Tells that the run has ended, in the table `runs` and by an event, unless that was noted as told: whoever finds a summary
 * that nobody told of tells it.
 */
export const tellFinished = async (
  ports: Pick<RunPorts, 'store' | 'events' | 'clock'>,
  summary: RunSummary,
): Promise<void> => {
  const { runId, outcome } = summary;
  const { told } = runKeys(runId);
  if ((await ports.store.get(told)).kind === 'found') return;
  await writeRunRow(ports.store, summary);
  const at = new Date(ports.clock.nowMillis()).toISOString();
  await ports.events.tell({ type: 'run.finished', runId, outcome, at });
  await writeJson(ports.store, told, { version: 1, runId, at });
};
