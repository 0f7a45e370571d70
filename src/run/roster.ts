import { FleetUnavailableError, StoreConflictError } from '../errors.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { LaunchResult, WorkerPlace } from '../platform/ports/worker-fleet.ts';
import {
  type ExitDocument,
  exitDocument,
  type HelloDocument,
  helloDocument,
  type RosterDocument,
  type RosterEntry,
  rosterDocument,
} from './documents.ts';
import { parseWorkerKey, runKeys, workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { readJson, type Stored, updateJson, writeJson } from './stored-json.ts';

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

/**
 * Launches every entry that is `launching` and has no worker yet, and notes the worker's id. A launch repeated after
 * a crash starts nothing twice: the fleet knows the place. Throws `FleetUnavailable` when a place could not be filled.
 */
export const launchMissing = async (ports: RunPorts, runId: string): Promise<void> => {
  const roster = await readRoster(ports.store, runId);
  const places = (roster?.value.workers ?? []).filter(
    (entry) => entry.state === 'launching' && entry.workerId === null,
  );
  if (places.length === 0) return;
  const results = await ports.fleet.launch(
    runId,
    places.map(({ shard, attempt }) => ({ shard, attempt })),
  );
  const byName = new Map(results.map((result) => [workerName(result), result]));
  await updateJson(ports.store, runKeys(runId).roster, rosterDocument, (current) =>
    current === undefined
      ? undefined
      : {
          ...current,
          workers: current.workers.map((entry) => withWorkerId(entry, byName.get(workerName(entry)))),
        },
  );
  const failed = results.find((result) => result.kind === 'failed');
  if (failed?.kind === 'failed') {
    throw new FleetUnavailableError(
      `Worker ${workerName(failed)} of run ${runId} was not launched: ${failed.reason}`,
    );
  }
};

const withWorkerId = (entry: RosterEntry, result: LaunchResult | undefined): RosterEntry =>
  result?.kind === 'launched' ? { ...entry, workerId: result.workerId } : entry;

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
  for await (const key of store.list(keys.workers)) {
    const parsed = parseWorkerKey(key);
    const entry = parsed === undefined ? undefined : working.get(workerName(parsed));
    if (parsed === undefined || entry === undefined) continue;
    const name = workerName(entry);
    if (parsed.document === 'hello' && entry.state === 'launching') {
      const hello = await readJson(store, key, helloDocument);
      if (hello !== undefined) hellos.set(name, hello.value);
    } else if (parsed.document === 'exit') {
      const exit = await readJson(store, key, exitDocument);
      if (exit !== undefined) exits.set(name, exit.value);
    }
  }
  return { hellos, exits };
};

/** Throws `StoreConflict`: used where nobody else writes the roster at that time. */
export const requireWritten = (written: boolean, runId: string): void => {
  if (!written)
    throw new StoreConflictError(
      `The roster of run ${runId} was changed by another orchestrator; try again.`,
    );
};
