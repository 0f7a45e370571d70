import { DocumentInvalidError } from '../../errors.ts';
import type { CatalogEntry } from '../../platform/ports/log-catalog.ts';
import { readJson } from '../../store/stored-json.ts';
import {
  type ContainerName,
  containerText,
  logsRoot,
  parseContainerFolder,
} from '../layout/container-name.ts';
import { planTableNames } from '../layout/table-names.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import type { CatalogSurvey } from './catalog-work.ts';
import { tableOfEntry } from './table-of-entry.ts';
import { tableState, tableStateKey, tableStatesPrefix } from './table-state.ts';
import type { UpdateTally } from './update-report.ts';

/** Looks over the store and the catalog once: a listing for each family, no object is looked at. */
export const surveyTables = async (ports: CatalogPorts, tally: UpdateTally): Promise<CatalogSurvey> => {
  const entries = new Map<string, CatalogEntry>();
  for await (const entry of ports.catalog.entries()) entries.set(entry.name, entry);
  const states = await listStates(ports);
  const found = await listContainers(ports, tally);
  const known = new Map<string, ContainerName>();
  for (const entry of entries.values()) {
    const of = tableOfEntry(entry);
    if (of !== undefined) known.set(of.table, of.name);
  }
  await addForgotten(ports, states, known, tally);
  const named = planTableNames([...found.values(), ...known.values()], known);
  const tables = [...named].map(([text, table]) => {
    const [family = '', container = ''] = text.split('/');
    return { table, name: { family, container }, hasLogs: found.has(text) };
  });
  return { entries, states, tables: tables.sort((a, b) => (a.table < b.table ? -1 : 1)) };
};

const listStates = async ({ store }: CatalogPorts): Promise<ReadonlySet<string>> => {
  const states = new Set<string>();
  for await (const key of store.list(tableStatesPrefix)) {
    if (key.endsWith('.json')) states.add(key.slice(tableStatesPrefix.length, -'.json'.length));
  }
  return states;
};

const listContainers = async (
  { listing }: CatalogPorts,
  tally: UpdateTally,
): Promise<ReadonlyMap<string, ContainerName>> => {
  const found = new Map<string, ContainerName>();
  for await (const family of listing.folders(logsRoot)) {
    if (parseContainerFolder(`${family}any/`) === undefined) {
      tally.note(`${family} was left alone: ECS has no family of that name`);
      continue;
    }
    for await (const folder of listing.folders(family)) {
      const name = parseContainerFolder(folder);
      if (name === undefined) tally.note(`${folder} was left alone: ECS has no container of that name`);
      else found.set(containerText(name), name);
    }
  }
  return found;
};

/** A table that the catalog has lost keeps its name: what was compacted lies under it. */
const addForgotten = async (
  { store }: CatalogPorts,
  states: ReadonlySet<string>,
  known: Map<string, ContainerName>,
  tally: UpdateTally,
): Promise<void> => {
  for (const table of states) {
    if (known.has(table)) continue;
    try {
      const state = await readJson(store, tableStateKey(table), tableState);
      if (state?.value.table !== table) continue;
      const { family, container } = state.value;
      known.set(table, { family, container });
    } catch (error) {
      if (!(error instanceof DocumentInvalidError)) throw error;
      tally.problem(error.message);
    }
  }
};
