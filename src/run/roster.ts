import { StoreConflictError } from '../errors.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';
import { readJson, type Stored, writeJson } from '../store/stored-json.ts';
import {
  type ExitDocument,
  exitDocument,
  type HelloDocument,
  helloDocument,
  type RosterDocument,
  type RosterEntry,
  rosterDocument,
} from './documents.ts';
import { forEachAtOnce, readsAtOnce } from './for-each-at-once.ts';
import { parseWorkerKey, runKeys, workerName } from './run-keys.ts';

export const launchingEntry = (place: WorkerPlace, nowMillis: number): RosterEntry => {
  const now = new Date(nowMillis).toISOString();
  return {
    ...place,
    workerId: null,
    pid: null,
    state: 'launching',
    launchedAt: now,
    readyAt: null,
    endedAt: null,
    seenAt: now,
    clockBoundMillis: 0,
    epochs: null,
    segments: null,
    reason: null,
  };
};

export const isWorking = (entry: RosterEntry): boolean =>
  entry.state === 'launching' || entry.state === 'ready';

/** The newest attempt at a shard. */
export const latestOf = (workers: readonly RosterEntry[], shard: number): RosterEntry | undefined =>
  workers
    .filter((entry) => entry.shard === shard)
    .reduce<RosterEntry | undefined>(
      (latest, entry) => (latest === undefined || entry.attempt > latest.attempt ? entry : latest),
      undefined,
    );

export const readRoster = (store: ObjectStore, runId: string): Promise<Stored<RosterDocument> | undefined> =>
  readJson(store, runKeys(runId).roster, rosterDocument);

/** Writes the roster if it still is the one that was read; false when somebody else was faster. */
export const replaceRoster = async (
  store: ObjectStore,
  read: Stored<RosterDocument>,
  workers: readonly RosterEntry[],
): Promise<boolean> => {
  const put = await writeJson(
    store,
    runKeys(read.value.runId).roster,
    { ...read.value, workers },
    { ifMatch: read.etag },
  );
  return put.kind === 'written';
};

/** What workers have said of themselves, for those the roster still counts as working. */
export interface WorkerWords {
  readonly hellos: ReadonlyMap<string, HelloDocument>;
  readonly exits: ReadonlyMap<string, ExitDocument>;
}

export const readWorkerWords = async (
  store: ObjectStore,
  runId: string,
  workers: readonly RosterEntry[],
): Promise<WorkerWords> => {
  const keys = runKeys(runId);
  const hellos = new Map<string, HelloDocument>();
  const exits = new Map<string, ExitDocument>();
  const working = new Map(workers.filter(isWorking).map((entry) => [workerName(entry), entry]));
  await forEachAtOnce(await keysOf(store, keys.workers), readsAtOnce, async (key) => {
    const parsed = parseWorkerKey(key);
    const entry = parsed === undefined ? undefined : working.get(workerName(parsed));
    if (parsed === undefined || entry === undefined) return;
    const name = workerName(entry);
    if (parsed.document === 'hello' && entry.state === 'launching') {
      const hello = await readJson(store, key, helloDocument);
      if (hello !== undefined) hellos.set(name, hello.value);
    } else if (parsed.document === 'exit') {
      const exit = await readJson(store, key, exitDocument);
      if (exit !== undefined) exits.set(name, exit.value);
    }
  });
  return { hellos, exits };
};

const keysOf = async (store: ObjectStore, prefix: string): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
};

/** Throws `StoreConflict`: used where nobody else writes the roster at that time. */
export const requireWritten = (written: boolean, runId: string): void => {
  if (!written)
    throw new StoreConflictError(
      `The roster of run ${runId} was changed by another orchestrator; try again.`,
    );
};
