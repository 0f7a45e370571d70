import { eachOf } from '../../calls/paced-call.ts';
import { DocumentInvalidError } from '../../errors.ts';
import type { DrainListEntry, DrainListPage, DrainListRequest } from '../../platform/ports/drain-api.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson } from '../../store/stored-json.ts';
import { type DrainRecord, drainRecord, recordsPrefix } from './drain-record.ts';
import { parseRecordName } from './record-name.ts';
import { findRunning, type HistoryPorts, type RunningDrains } from './running-drains.ts';

const readersAtOnce = 16;

/**
 * A page of the drains, newest first, those under way among them. One whose record can't be read is `unknown`, and hides
 * no other. `after` is the name of the last record of the page before.
 */
export const listDrains = async (
  ports: HistoryPorts,
  { limit, after = '' }: DrainListRequest,
): Promise<DrainListPage> => {
  // Before the records: a drain that ends in between is then seen twice, and never missed.
  const running = await findRunning(ports);
  const names = new Set(running.names.filter((name) => name > after));
  let stored = 0;
  for await (const name of recordNames(ports.store, after)) {
    names.add(name);
    stored++;
    if (stored > limit) break;
  }
  const sorted = [...names].sort();
  const shown = sorted.slice(0, limit);
  const entries: (DrainListEntry | undefined)[] = shown.map(() => undefined);
  await eachOf([...shown.entries()], readersAtOnce, async ([place, name]) => {
    entries[place] = await readEntry(ports.store, running, name);
  });
  const last = sorted.length > limit ? shown.at(-1) : undefined;
  return {
    drains: entries.filter((entry) => entry !== undefined),
    ...(last === undefined ? {} : { next: last }),
  };
};

/** Names of records, newest first, beginning after one. */
export async function* recordNames(store: ObjectStore, after: string): AsyncIterable<string> {
  for await (const key of store.list(
    recordsPrefix,
    after === '' ? {} : { startAfter: recordsPrefix + after },
  )) {
    const name = key.slice(recordsPrefix.length);
    if (parseRecordName(name) !== undefined) yield name;
  }
}

/** As it ended, else as it looks now; undefined for one that is gone. Throws `DocumentInvalid` naming the key. */
export const readRecord = async (
  store: ObjectStore,
  running: RunningDrains,
  name: string,
): Promise<DrainRecord | undefined> => {
  const ended = await readJson(store, recordsPrefix + name, drainRecord);
  return ended?.value ?? (await running.record(name));
};

const readEntry = async (
  store: ObjectStore,
  running: RunningDrains,
  name: string,
): Promise<DrainListEntry | undefined> => {
  try {
    const record = await readRecord(store, running, name);
    if (record === undefined) return undefined;
    const { drainId, instanceId, cluster, heardAtMillis, outcome, marginSeconds, missed } = record;
    return { drainId, instanceId, cluster, heardAtMillis, outcome, marginSeconds, missed: missed.length };
  } catch (error) {
    const said = parseRecordName(name);
    if (!(error instanceof DocumentInvalidError) || said === undefined) throw error;
    return { ...said, cluster: '', outcome: 'unknown', marginSeconds: null, missed: 0 };
  }
};
