import { StoreConflictError } from '../../errors.ts';
import type { CatalogView } from '../../platform/ports/log-catalog.ts';
import { readJson, updateJson } from '../../store/stored-json.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import type { LogSettings } from './parse-log-settings.ts';
import { settingsOf } from './parse-log-settings.ts';
import { isViewAwaited, withViewSeen } from './removal-times.ts';
import { logView } from './table-definitions.ts';
import { type TableState, tableState, tableStateKey } from './table-state.ts';

const mostWrites = 5;

/** The view of a table as its state says. */
export const viewOf = (root: string, settings: LogSettings, state: TableState): CatalogView =>
  logView({ name: state, table: state.table, root }, settingsOf(settings, state), state);

/** Whether a query sees the same through both. */
export const readsAlike = (view: CatalogView, other: CatalogView): boolean =>
  view.sql === other.sql && JSON.stringify(view.columns) === JSON.stringify(other.columns);

/**
 * Replaces the view by what the state says, until the state is still the same afterwards: of two who do so at once, the one
 * with the older state would else have the last word. Then what the view was waited for with is given its time.
 * @param wasCurrent Whether nobody can have asked an older view than the state's until now, but for what has no time yet.
 */
export const bringViewUp = async (
  ports: CatalogPorts,
  settings: LogSettings,
  table: string,
  wasCurrent = true,
): Promise<void> => {
  const { store, listing, catalog, time, random } = ports;
  const key = tableStateKey(table);
  let stored = await readJson(store, key, tableState);
  for (let written = 0; stored !== undefined; written++) {
    if (written === mostWrites)
      throw new StoreConflictError(`${key} changed with every look at it; its view is made again later`);
    const view = viewOf(listing.root, settings, stored.value);
    if ((await catalog.update(view)) === 'missing') await catalog.create(view);
    const now = await readJson(store, key, tableState);
    if (now === undefined) return;
    const isSeen = readsAlike(viewOf(listing.root, settings, now.value), view);
    stored = now;
    if (!isSeen) continue;
    if (!wasCurrent || isViewAwaited(now.value)) {
      await updateJson(
        store,
        key,
        tableState,
        // Whoever changed the state meanwhile replaces the view after this.
        (state) =>
          state !== undefined && readsAlike(viewOf(listing.root, settings, state), view)
            ? withViewSeen(state, time.nowMillis(), wasCurrent)
            : undefined,
        { time, random },
      );
    }
    return;
  }
};
