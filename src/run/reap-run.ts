import { z } from 'zod';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { indexDocument } from './documents.ts';
import { recordFailure } from './record-failure.ts';
import { leaseIsFresh, readControl, readPlan } from './run-documents.ts';
import { indexPrefix, runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { stopWorkers } from './stop-workers.ts';
import { readJson } from './stored-json.ts';
import type { RunSummary } from './summary.ts';

const storedSummary = z.custom<RunSummary>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'outcome' in value,
  'expected a summary of version 1',
);

/** Undefined while the run is going on. */
export const readSummary = async (store: ObjectStore, runId: string): Promise<RunSummary | undefined> =>
  (await readJson(store, runKeys(runId).summary, storedSummary))?.value;

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
  await stopWorkers(ports, { runId });
  await recordFailure(ports, {
    runId,
    failure: {
      Error: 'OrchestratorLost',
      Cause:
        'Whoever orchestrated this run is gone (the command was killed?). Its workers ended by their lease; what they measured until then is kept.',
    },
  });
  return true;
};

const isYoung = async (store: ObjectStore, runId: string, nowMillis: number): Promise<boolean> => {
  for await (const key of store.list(indexPrefix)) {
    if (!key.endsWith(`-${runId}.json`)) continue;
    const entry = await readJson(store, key, indexDocument);
    return entry !== undefined && nowMillis - Date.parse(entry.value.createdAt) < planningMillis;
  }
  return false;
};
