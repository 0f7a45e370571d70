import { logFailure } from '../../calls/log-failure.ts';
import type { CatalogEntry } from '../../platform/ports/log-catalog.ts';
import { readJson } from '../../store/stored-json.ts';
import { bringViewUp, readsAlike, viewOf } from '../catalog/bring-view-up.ts';
import type { LogSettings } from '../catalog/parse-log-settings.ts';
import { readLogSettings } from '../catalog/read-log-settings.ts';
import { isViewAwaited } from '../catalog/removal-times.ts';
import {
  type TableState,
  tableOfState,
  tableState,
  tableStateKey,
  tableStatesPrefix,
} from '../catalog/table-state.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { removeAttempts, removeKeyLists, removeRawObjects, removeReplaced } from './remove-generations.ts';

export interface RemovedOld {
  readonly done: boolean;
  /** The last table that was looked at: go on after it. */
  readonly after: string;
  /** Tables of which something could not be removed. */
  readonly failed: number;
}

const budgetMillis = 120_000;

/**
 * Removes what compaction has made superfluous: raw objects and replaced generations a day after the view was seen to read
 * them no more, and what attempts left that came to nothing. A table that fails holds up no other.
 * @param input `after`: the table up to which it was done (empty: begin).
 */
export const removeOld = async (
  ports: CatalogPorts,
  { after }: { readonly after: string },
): Promise<RemovedOld> => {
  const { store, catalog, time } = ports;
  const settings = await readLogSettings(ports);
  const endMillis = time.nowMillis() + budgetMillis;
  const views = new Map<string, CatalogEntry>();
  for await (const entry of catalog.entries()) if (entry.kind === 'view') views.set(entry.name, entry);
  let table = after;
  let failed = 0;
  const options = after === '' ? {} : { startAfter: tableStateKey(after) };
  for await (const key of store.list(tableStatesPrefix, options)) {
    if (table !== after && time.nowMillis() >= endMillis) return { done: false, after: table, failed };
    table = tableOfState(key);
    try {
      await removeOldOf(ports, { settings, key, view: views.get(table), endMillis });
    } catch (error) {
      failed++;
      logFailure({ error, what: 'removing what was compacted', table });
    }
  }
  return { done: true, after: table, failed };
};

const removeOldOf = async (
  ports: CatalogPorts,
  {
    settings,
    key,
    view,
    endMillis,
  }: {
    readonly settings: LogSettings;
    readonly key: string;
    readonly view: CatalogEntry | undefined;
    readonly endMillis: number;
  },
): Promise<void> => {
  const state = (await readJson(ports.store, key, tableState))?.value;
  if (state === undefined) return;
  await removeAttempts(ports, state);
  if (!isAnythingLeaving(state)) return;
  const wanted = viewOf(ports.listing.root, settings, state);
  // Somebody may have asked the older view a moment ago: what it reads stays for another day.
  if (view?.kind !== 'view' || !readsAlike(view, wanted))
    return bringViewUp(ports, settings, state.table, false);
  if (isViewAwaited(state)) await bringViewUp(ports, settings, state.table);
  await removeReplaced(ports, state);
  await removeKeyLists(ports, state);
  if (await removeRawObjects(ports, state, endMillis)) await bringViewUp(ports, settings, state.table);
};

const isAnythingLeaving = ({ listed, replaced, unlisted }: TableState): boolean =>
  listed.length + replaced.length + unlisted.length > 0;
