import { BadInputError, DrainNotFoundError } from '../../errors.ts';
import { isInstanceId } from '../notices/notice-fields.ts';
import type { DrainRecord } from './drain-record.ts';
import { readRecord, recordNames } from './list-drains.ts';
import { namesAround, parseRecordName } from './record-name.ts';
import { findRunning, type HistoryPorts, type RunningDrains } from './running-drains.ts';

/** Older ones are found by their whole id only: the store is read a thousand names at a time. */
const mostScanned = 20_000;
const mostNamed = 5;

/**
 * A drain by its id, the beginning of one, or its instance's id (the newest drain of it). Throws `DrainNotFound`,
 * `BadInput` naming the candidates when a beginning is that of several, `DocumentInvalid` for a record that can't be read.
 */
export const readDrain = async (ports: HistoryPorts, id: string): Promise<DrainRecord> => {
  const running = await findRunning(ports);
  const name = (await nameOfId(ports, running, id)) ?? (await nameOfBeginning(ports, running, id));
  const record = name === undefined ? undefined : await readRecord(ports.store, running, name);
  if (record !== undefined) return record;
  throw new DrainNotFoundError(
    `no drain has an id that begins with "${id.slice(0, 60)}", nor an instance of that id; drains has the newest ones`,
  );
};

const idOf = (name: string): string => parseRecordName(name)?.drainId ?? '';

/** The second of its beginning is in a drain's id, so that few names have to be read. */
export const nameOfId = async (
  ports: HistoryPorts,
  running: RunningDrains,
  drainId: string,
): Promise<string | undefined> => {
  const underWay = running.names.find((name) => idOf(name) === drainId);
  const around = namesAround(drainId);
  if (underWay !== undefined || around === undefined) return underWay;
  for await (const name of recordNames(ports.store, around.after)) {
    if (name > around.upTo) break;
    if (idOf(name) === drainId) return name;
  }
  return undefined;
};

const nameOfBeginning = async (
  ports: HistoryPorts,
  running: RunningDrains,
  id: string,
): Promise<string | undefined> => {
  const candidates = new Set<string>();
  const look = (name: string): 'found' | 'enough' | 'go on' => {
    const said = parseRecordName(name);
    if (said?.instanceId === id) return 'found';
    if (said?.drainId.startsWith(id)) candidates.add(name);
    return candidates.size > mostNamed && !isInstanceId(id) ? 'enough' : 'go on';
  };
  const newestRunning = [...running.names].sort();
  let scanned = 0;
  for await (const name of inOrder(newestRunning, recordNames(ports.store, ''))) {
    const seen = look(name);
    if (seen === 'found') return name;
    if (seen === 'enough' || ++scanned >= mostScanned) break;
  }
  const [only, ...others] = candidates;
  if (others.length === 0) return only;
  const named = [...candidates].slice(0, mostNamed).map(idOf);
  const more = candidates.size > mostNamed ? ' and others' : '';
  throw new BadInputError(
    `several drains have an id that begins with "${id}": ${named.join(', ')}${more}; write more of it`,
  );
};

/** Two sorted sequences as one. */
async function* inOrder(first: readonly string[], second: AsyncIterable<string>): AsyncIterable<string> {
  const waiting = first.values();
  let next = waiting.next();
  for await (const name of second) {
    for (; !next.done && next.value <= name; next = waiting.next()) yield next.value;
    yield name;
  }
  for (; !next.done; next = waiting.next()) yield next.value;
}
