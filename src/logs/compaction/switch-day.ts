import { SqlRefusedError } from '../../errors.ts';
import { readJson, updateJson } from '../../store/stored-json.ts';
import { bringViewUp } from '../catalog/bring-view-up.ts';
import type { LogTable } from '../catalog/log-tables.ts';
import { readLogSettings } from '../catalog/read-log-settings.ts';
import { compactedPartition, compactedTable } from '../catalog/table-definitions.ts';
import { type TableState, tableState, tableStateKey } from '../catalog/table-state.ts';
import { generationPrefix, logsDayPrefix } from '../layout/container-name.ts';
import type { UtcDay } from '../layout/utc-day.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { dayOfText } from './day-of-text.ts';
import { decideSwitch } from './decide-switch.ts';
import { readKeyList } from './key-list.ts';
import { makePartition } from './see-partition.ts';

export interface SwitchedDay {
  /** `superseded`: somebody else's generation of the day was faster. */
  readonly kind: 'switched' | 'superseded';
}

/** Of gzip in which there is nothing. */
const emptyGzipBytes = 20;

/**
 * Makes a generation the one that is read of its day: registered, then in the table's state, then in the view, which is the
 * moment at which queries see it. Doing it again does no harm. Throws `SqlRefused` when the UNLOAD left nothing behind.
 */
export const switchDay = async (
  ports: CatalogPorts,
  { table, day: dayOf, generation }: LogTable & { readonly day: string; readonly generation: number },
): Promise<SwitchedDay> => {
  const { store, listing, catalog, time, random } = ports;
  const day = dayOfText(dayOf);
  const key = tableStateKey(table);
  const read = (await readJson(store, key, tableState))?.value;
  if (read === undefined || decideSwitch(read, generation, 0) === undefined) return { kind: 'superseded' };

  let bytes = 0;
  let files = 0;
  for await (const object of listing.objects(generationPrefix(read, day, generation))) {
    bytes += object.bytes;
    files++;
  }
  if (files === 0) await checkNothingToWrite(ports, read, day, generation);
  const log = { name: read, table, root: listing.root };
  const compacted = compactedTable(log);
  // Once days are read from it, a table that is missing comes back with all of them, by the update of the catalog.
  if (read.live.length === 0) await catalog.create(compacted);
  await makePartition(catalog, compacted, compactedPartition(log, day, generation));

  const switched = await updateJson(
    store,
    key,
    tableState,
    (state) => (state === undefined ? undefined : decideSwitch(state, generation, bytes)),
    { time, random },
  );
  if (switched?.live.find((live) => live.generation === generation) === undefined)
    return { kind: 'superseded' };
  await bringViewUp(ports, await readLogSettings(ports), table);
  return { kind: 'switched' };
};

/**
 * What an UNLOAD reads is registered and listed, and what it can't read fails it; so its rows aren't counted, which would
 * mean to read all of it twice. That it wrote nothing is right only where nothing was.
 */
const checkNothingToWrite = async (
  { store, listing }: CatalogPorts,
  state: TableState,
  day: UtcDay,
  generation: number,
): Promise<void> => {
  const base = state.attempts.find((attempt) => attempt.generation === generation)?.base;
  const had = state.live.find((live) => live.generation === base)?.bytes ?? 0;
  const keys = new Set((await readKeyList(store, state.table, generation)) ?? []);
  let filled = had > 0;
  for await (const { key, bytes } of listing.objects(logsDayPrefix(state, day)))
    filled ||= keys.has(key) && bytes > emptyGzipBytes;
  if (filled)
    throw new SqlRefusedError(
      `Generation ${generation} of ${state.table} has no rows, though there is something that it was made of; it is left alone, and the day is compacted again next time`,
    );
};
