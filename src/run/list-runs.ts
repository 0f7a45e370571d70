import { DocumentInvalidError, RunNotFoundError } from '../errors.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { RunListEntry, RunListPage, RunListRequest } from '../platform/ports/run-api.ts';
import { readJson } from '../store/stored-json.ts';
import { indexDocument } from './documents.ts';
import { forEachAtOnce } from './for-each-at-once.ts';
import { readSummary } from './read-summary.ts';
import { readPlan } from './run-documents.ts';
import { indexPrefix } from './run-keys.ts';

/** What a run is closed with when nobody orchestrates it any more. */
type Reap = (runId: string) => Promise<unknown>;

/** A page of the list, newest first. With `reap`, a run whose orchestrator is gone is given its ending first. */
export const listRuns = async (
  store: ObjectStore,
  { limit, after }: RunListRequest,
  reap?: Reap,
): Promise<RunListPage> => {
  const names: string[] = [];
  const from = after === undefined ? {} : { startAfter: `${indexPrefix}${after}` };
  for await (const key of store.list(indexPrefix, from)) {
    names.push(key.slice(indexPrefix.length));
    if (names.length > limit) break;
  }
  const shown = names.slice(0, limit);
  const entries: (RunListEntry | undefined)[] = shown.map(() => undefined);
  await forEachAtOnce([...shown.entries()], readersAtOnce, async ([position, name]) => {
    entries[position] = await readEntry(store, `${indexPrefix}${name}`, reap);
  });
  const last = names.length > limit ? shown.at(-1) : undefined;
  return {
    runs: entries.filter((entry) => entry !== undefined),
    ...(last === undefined ? {} : { next: last }),
  };
};

const readersAtOnce = 16;

const readEntry = async (
  store: ObjectStore,
  key: string,
  reap: Reap | undefined,
): Promise<RunListEntry | undefined> => {
  const entry = await readJson(store, key, indexDocument);
  if (entry === undefined) return undefined;
  const { runId, name, target, createdAt } = entry.value;
  return { runId, name, target, createdAt, status: await statusOf(store, runId, reap) };
};

/** A run whose objects are gone, or can't be read any more, must not hide the others. */
const statusOf = async (
  store: ObjectStore,
  runId: string,
  reap: Reap | undefined,
): Promise<RunListEntry['status']> => {
  try {
    if (reap === undefined) await readPlan(store, runId);
    else await reap(runId);
    return (await readSummary(store, runId))?.outcome ?? 'running';
  } catch (error) {
    if (error instanceof RunNotFoundError || error instanceof DocumentInvalidError) return 'unknown';
    throw error;
  }
};
