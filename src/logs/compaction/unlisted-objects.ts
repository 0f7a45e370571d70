import { StoreConflictError } from '../../errors.ts';
import type { ListedObject } from '../../platform/ports/object-listing.ts';
import type { TableState } from '../catalog/table-state.ts';
import { logsDayPrefix } from '../layout/container-name.ts';
import type { UtcDay } from '../layout/utc-day.ts';
import { dayText } from '../layout/utc-day.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { readKeyList } from './key-list.ts';

/**
 * Raw objects of a day that no generation was made of: all of them where the day isn't Parquet yet, later those that came
 * late. `state` must have been read before: whoever removes raw objects takes their list from the state afterwards, so an
 * object that is found now and was listed then would otherwise be taken for a late one.
 */
export const unlistedObjects = async function* (
  { store, listing }: Pick<CatalogPorts, 'store' | 'listing'>,
  state: TableState,
  day: UtcDay,
): AsyncIterable<ListedObject> {
  const listed = new Set<string>();
  for (const { generation } of state.listed.filter((one) => one.day === dayText(day))) {
    const keys = await readKeyList(store, state.table, generation);
    if (keys === undefined)
      throw new StoreConflictError(
        `The list of generation ${generation} of ${state.table} is gone; try again with what the table's state is now`,
      );
    for (const key of keys) listed.add(key);
  }
  for await (const object of listing.objects(logsDayPrefix(state, day)))
    if (!listed.has(object.key) && !isHidden(object.key)) yield object;
};

/** Athena passes over such names: what is there is in no generation, so it must not be deleted as if it were. */
const isHidden = (key: string): boolean => /\/[._][^/]*$/.test(key);
