import * as z from 'zod/mini';
import { RunAlreadyEndedError } from '../errors.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { readJson } from '../store/stored-json.ts';
import { runKeys } from './run-keys.ts';
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

/** Throws `RunAlreadyEnded` for a run that has a summary. */
export const refuseEnded = async (store: ObjectStore, runId: string): Promise<void> => {
  const summary = await store.get(runKeys(runId).summary);
  if (summary.kind === 'found')
    throw new RunAlreadyEndedError(`Run ${runId} has ended; nothing was changed.`);
};
