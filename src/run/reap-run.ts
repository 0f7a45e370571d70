import type { ObjectStore } from '../platform/ports/object-store.ts';
import { closeRun, orchestratorLost } from './close-run.ts';
import { readSummary } from './read-summary.ts';
import { leaseIsFresh, readControl, readPlan } from './run-documents.ts';
import { indexPrefix, parseIndexKey } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

/** A run that has no lease yet is being planned for so long at most. */
const planningMillis = 60_000;

/**
 * Ends a run that has neither a summary nor anybody who renews its lease: stops what is left of its workers and
 * records outcome `error` with what was measured. Returns whether it did. Throws `RunNotFound`.
 */
export const reapRun = async (ports: RunPorts, runId: string): Promise<boolean> => {
  await readPlan(ports.store, runId);
  if ((await readSummary(ports.store, runId)) !== undefined) return false;
  const nowMillis = ports.clock.nowMillis();
  if (await leaseIsFresh(ports.store, runId, nowMillis)) return false;
  if ((await readControl(ports.store, runId)) === undefined && (await isYoung(ports.store, runId, nowMillis)))
    return false;
  return (await closeRun(ports, runId, orchestratorLost)).recorded;
};

/** The list begins with the newest: what isn't found among the young isn't one. */
const isYoung = async (store: ObjectStore, runId: string, nowMillis: number): Promise<boolean> => {
  for await (const key of store.list(indexPrefix)) {
    const listed = parseIndexKey(key);
    if (listed === undefined || nowMillis - listed.createdAtMillis >= planningMillis) return false;
    if (listed.runId === runId) return true;
  }
  return false;
};
