import type { ObjectListing } from '../../platform/ports/object-listing.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson } from '../../store/stored-json.ts';
import { type TableState, tableState, tableStateKey } from '../catalog/table-state.ts';
import { compactedName, rawName } from '../catalog/view-sql.ts';
import { type ContainerName, logsDayPrefix, logsPrefix } from '../layout/container-name.ts';
import { parseDayText } from '../layout/utc-day.ts';

export interface EstimatePorts {
  readonly store: ObjectStore;
  readonly listing: ObjectListing;
}

export interface ScanEstimate {
  readonly bytes: number;
  /** False: counting ended, and there is more. */
  readonly isAll: boolean;
}

/** Twenty pages of a listing: enough to say that it is much. */
const mostObjects = 20_000;

/**
 * Bytes that a query reads which limits a table by no day: those of its raw objects as they are listed, and of the Parquet
 * that is live as compaction noted them. Of Parquet a query reads the columns it names, so it may be less. Counting ends
 * above `enoughBytes`.
 * @param mentioned The table's name, or that of its raw or compacted part.
 */
export const estimateScan = async (
  { store, listing }: EstimatePorts,
  log: ContainerName & { readonly table: string; readonly compactedDays: number },
  mentioned: string,
  enoughBytes: number,
): Promise<ScanEstimate> => {
  const state = log.compactedDays > 0 ? await readState(store, log.table) : undefined;
  const compacted = mentioned === rawName(log.table) ? 0 : sum(state?.live.map(({ bytes }) => bytes) ?? []);
  if (mentioned === compactedName(log.table) || compacted > enoughBytes)
    return { bytes: compacted, isAll: mentioned === compactedName(log.table) };
  const replaced = mentioned === rawName(log.table) ? new Set<string>() : replacedFolders(log, state);
  let bytes = compacted;
  let objects = 0;
  for await (const object of listing.objects(logsPrefix(log))) {
    if (bytes > enoughBytes || ++objects > mostObjects) return { bytes, isAll: false };
    if (!replaced.has(object.key.slice(0, object.key.lastIndexOf('/') + 1))) bytes += object.bytes;
  }
  return { bytes, isAll: true };
};

const readState = async (store: ObjectStore, table: string): Promise<TableState | undefined> =>
  (await readJson(store, tableStateKey(table), tableState))?.value;

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

/** Folders of days whose raw objects are Parquet already, and only wait for their removal. */
const replacedFolders = (name: ContainerName, state: TableState | undefined): ReadonlySet<string> => {
  const days = (state?.listed ?? []).flatMap(({ day }) => parseDayText(day) ?? []);
  return new Set(days.map((day) => logsDayPrefix(name, day)));
};
