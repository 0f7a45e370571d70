import { inBatches } from '../../calls/paced-call.ts';
import { DocumentInvalidError, StoreUnavailableError } from '../../errors.ts';
import { updateJson } from '../../store/stored-json.ts';
import { areDue, deadAttempts, withoutGenerations } from '../catalog/removal-times.ts';
import { compactedPartition, keysPartition } from '../catalog/table-definitions.ts';
import { keysKey, logKeysTable, type TableState, tableState, tableStateKey } from '../catalog/table-state.ts';
import { compactedName } from '../catalog/view-sql.ts';
import { generationPrefix } from '../layout/container-name.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { dayOfText } from './day-of-text.ts';
import { readKeyList } from './key-list.ts';
import { dropPartition } from './see-partition.ts';

/*
 * What is to go is removed first and struck out of the state afterwards: whatever happens in between, it is still known, and
 * removing it again does no harm.
 */

/**
 * List by list, until `endMillis`: of a year that was compacted in one night there may be a million. Whether any were
 * removed: then the view needs their lists no more.
 */
export const removeRawObjects = async (
  ports: CatalogPorts,
  state: TableState,
  endMillis: number,
): Promise<boolean> => {
  const due = areDue(state.listed, ports.time.nowMillis());
  for (const [place, { day, generation }] of due.entries()) {
    if (place > 0 && ports.time.nowMillis() >= endMillis) break;
    const keys = await readKeyList(ports.store, state.table, generation);
    // Without it nobody can tell its objects from late ones, and the view would read their records twice.
    if (keys === undefined)
      throw new DocumentInvalidError(
        `${keysKey(state.table, generation)} is gone, so the raw objects of generation ${generation} can't be removed`,
      );
    await checkKept(ports, state, day);
    await deleteObjects(ports, keys);
    await changeState(ports, state.table, (now) => ({
      ...now,
      listed: now.listed.filter((one) => one.generation !== generation),
      unlisted: [...now.unlisted.filter((one) => one.generation !== generation), { day, generation }],
    }));
  }
  return due.length > 0;
};

/** What is deleted can't be made again: so what was made of it must be there still, whole. */
const checkKept = async ({ listing }: CatalogPorts, state: TableState, dayOf: string): Promise<void> => {
  const live = state.live.find(({ day }) => day === dayOf);
  const prefix = live && generationPrefix(state, dayOfText(dayOf), live.generation);
  let bytes = 0;
  if (prefix !== undefined) for await (const object of listing.objects(prefix)) bytes += object.bytes;
  if (live === undefined || bytes < live.bytes)
    throw new DocumentInvalidError(
      `${tableStateKey(state.table)}: of ${dayOf}, ${prefix ?? 'nothing'} has ${bytes} bytes of the ${live?.bytes ?? 0} that are read, so its raw objects are kept; put the Parquet back, or take the day out of "live" and "listed" to have it read raw and compacted again`,
    );
};

/** Parquet that another generation has replaced. */
export const removeReplaced = async (ports: CatalogPorts, state: TableState): Promise<void> => {
  const due = areDue(state.replaced, ports.time.nowMillis());
  for (const { day, generation } of due) await removeRows(ports, state, day, generation);
  await strikeOut(ports, state, 'replaced', due);
};

/** Lists of raw objects that are gone. */
export const removeKeyLists = async (ports: CatalogPorts, state: TableState): Promise<void> => {
  const due = areDue(state.unlisted, ports.time.nowMillis());
  for (const { generation } of due) await removeKeyList(ports, state, generation);
  await strikeOut(ports, state, 'unlisted', due);
};

/** What attempts left that came to nothing. Given up first: a switch that comes late would make it what is read. */
export const removeAttempts = async (ports: CatalogPorts, state: TableState): Promise<void> => {
  const nowMillis = ports.time.nowMillis();
  if (deadAttempts(state, nowMillis).length === 0) return;
  const given = await changeState(ports, state.table, (now) => {
    const dead = deadAttempts(now, nowMillis).map(({ generation }) => generation);
    return {
      ...now,
      attempts: now.attempts.map((one) => (dead.includes(one.generation) ? { ...one, givenUp: true } : one)),
    };
  });
  const dead = given?.attempts.filter(({ givenUp }) => givenUp === true) ?? [];
  for (const { day, generation } of dead) {
    await removeRows(ports, state, day, generation);
    await removeKeyList(ports, state, generation);
  }
  await strikeOut(ports, state, 'attempts', dead);
};

const removeRows = async (
  ports: CatalogPorts,
  state: TableState,
  dayOf: string,
  generation: number,
): Promise<void> => {
  const { listing, catalog } = ports;
  const day = dayOfText(dayOf);
  const log = { name: state, table: state.table, root: listing.root };
  await dropPartition(catalog, compactedName(state.table), compactedPartition(log, day, generation).values);
  const keys: string[] = [];
  for await (const { key } of listing.objects(generationPrefix(state, day, generation))) keys.push(key);
  await deleteObjects(ports, keys);
};

const removeKeyList = async (
  { store, listing, catalog }: CatalogPorts,
  { table }: TableState,
  generation: number,
): Promise<void> => {
  await dropPartition(catalog, logKeysTable, keysPartition(listing.root, table, generation).values);
  await store.delete(keysKey(table, generation));
};

const deleteObjects = async ({ listing }: CatalogPorts, keys: readonly string[]): Promise<void> => {
  for (const batch of inBatches(keys, 1000)) {
    const [left] = await listing.deleteAll(batch);
    if (left !== undefined)
      throw new StoreUnavailableError(
        `${left} could not be deleted; it is tried again with the next removal`,
      );
  }
};

const strikeOut = async (
  ports: CatalogPorts,
  { table }: TableState,
  from: 'replaced' | 'unlisted' | 'attempts',
  gone: readonly { readonly generation: number }[],
): Promise<void> => {
  if (gone.length === 0) return;
  const generations = gone.map(({ generation }) => generation);
  await changeState(ports, table, (now) => withoutGenerations(now, from, generations));
};

const changeState = (
  { store, time, random }: CatalogPorts,
  table: string,
  change: (state: TableState) => TableState,
): Promise<TableState | undefined> =>
  updateJson(
    store,
    tableStateKey(table),
    tableState,
    (now) => (now === undefined ? undefined : change(now)),
    { time, random },
  );
