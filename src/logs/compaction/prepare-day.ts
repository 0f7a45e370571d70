import { createHash } from 'node:crypto';
import { DocumentInvalidError } from '../../errors.ts';
import { readJson, updateJson } from '../../store/stored-json.ts';
import type { LogTable } from '../catalog/log-tables.ts';
import {
  compactedPartition,
  compactedTable,
  keysPartition,
  keysTable,
  rawPartition,
  rawTable,
} from '../catalog/table-definitions.ts';
import { newTableState, type TableState, tableState, tableStateKey } from '../catalog/table-state.ts';
import { compactSelectSql } from '../catalog/view-sql.ts';
import { generationPrefix } from '../layout/container-name.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { dayOfText } from './day-of-text.ts';
import { writeKeyList } from './key-list.ts';
import { makePartition, seePartition } from './see-partition.ts';
import { unlistedObjects } from './unlisted-objects.ts';
import { unloadSql } from './unload-sql.ts';

export type PreparedDay =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'prepared';
      readonly generation: number;
      /** An UNLOAD to where nothing is yet. */
      readonly sql: string;
      /** So that starting it twice starts it once. */
      readonly token: string;
    };

/** A list of more would be slow to join with; what is left becomes part of the generation after. */
const mostKeys = 100_000;

/**
 * Begins a generation of a day: of the raw objects that no generation was made of, and of the live generation's rows. Takes a
 * number that nobody had before, writes which objects are meant, and has everything registered that the UNLOAD reads. Makes no
 * table: one that is missing would come back without what is registered in it, and be read as if nothing else had been.
 */
export const prepareDay = async (
  ports: CatalogPorts,
  { table, family, container, day: dayOf }: LogTable & { readonly day: string },
): Promise<PreparedDay> => {
  const { store, listing, catalog, time } = ports;
  const day = dayOfText(dayOf);
  const stored = await readJson(store, tableStateKey(table), tableState);
  const state = stored?.value ?? newTableState(table, family, container);
  if (state.family !== family || state.container !== container)
    throw new DocumentInvalidError(
      `${tableStateKey(table)} is about ${state.family}/${state.container}, not ${family}/${container}`,
    );
  const keys: string[] = [];
  let rawBytes = 0;
  for await (const { key, bytes } of unlistedObjects(ports, state, day)) {
    if (keys.length === mostKeys) break;
    keys.push(key);
    rawBytes += bytes;
  }
  if (keys.length === 0) return { kind: 'nothing' };

  // What the number is taken of may be older than the state by then: the switch compares.
  const base = state.live.find((live) => live.day === dayOf)?.generation;
  const startedAt = new Date(time.nowMillis()).toISOString();
  const attempt = { day: dayOf, startedAt, keys: keys.length, rawBytes };
  const generation = await takeNumber(ports, state, base === undefined ? attempt : { ...attempt, base });
  await writeKeyList(store, table, generation, keys);

  const log = { name: state, table, root: listing.root };
  const keysOfGeneration = keysPartition(listing.root, table, generation);
  await makePartition(catalog, keysTable(listing.root), keysOfGeneration);
  await seePartition(catalog, rawTable(log, {}), rawPartition(log, day));
  if (base !== undefined)
    await seePartition(catalog, compactedTable(log), compactedPartition(log, day, base));

  const select = { table, root: listing.root, day, generation };
  const sql = unloadSql(
    compactSelectSql(base === undefined ? select : { ...select, previous: base }),
    `${listing.root}${generationPrefix(state, day, generation)}`,
  );
  const token = createHash('sha256').update(`${sql} ${startedAt}`).digest('hex');
  return { kind: 'prepared', generation, sql, token };
};

const takeNumber = async (
  { store, time, random }: CatalogPorts,
  { table, family, container }: TableState,
  attempt: Omit<TableState['attempts'][number], 'generation'>,
): Promise<number> => {
  let generation = 0;
  await updateJson(
    store,
    tableStateKey(table),
    tableState,
    (now) => {
      const state = now ?? newTableState(table, family, container);
      generation = state.nextGeneration;
      return {
        ...state,
        nextGeneration: generation + 1,
        attempts: [...state.attempts, { ...attempt, generation }],
      };
    },
    { time, random },
  );
  return generation;
};
