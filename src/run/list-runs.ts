import { DocumentInvalidError, RunNotFoundError } from '../errors.ts';
import type { RunListEntry } from '../platform/ports/run-api.ts';
import { indexDocument } from './documents.ts';
import { readSummary, reapRun } from './reap-run.ts';
import { indexPrefix } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { readJson } from './stored-json.ts';

/** The newest runs. A run whose orchestrator is gone is given its ending first. */
export const listRuns = async (ports: RunPorts, limit: number): Promise<readonly RunListEntry[]> => {
  const runs: RunListEntry[] = [];
  if (limit <= 0) return runs;
  for await (const key of ports.store.list(indexPrefix)) {
    const entry = await readJson(ports.store, key, indexDocument);
    if (entry === undefined) continue;
    const { runId, name, target, createdAt } = entry.value;
    runs.push({ runId, name, target, createdAt, status: await statusOf(ports, runId) });
    if (runs.length >= limit) break;
  }
  return runs;
};

/** A run whose objects are gone, or can't be read any more, must not hide the others. */
const statusOf = async (ports: RunPorts, runId: string): Promise<RunListEntry['status']> => {
  try {
    await reapRun(ports, runId);
    return (await readSummary(ports.store, runId))?.outcome ?? 'running';
  } catch (error) {
    if (error instanceof RunNotFoundError || error instanceof DocumentInvalidError) return 'unknown';
    throw error;
  }
};
