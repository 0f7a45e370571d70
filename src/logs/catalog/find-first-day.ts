import type { ObjectListing } from '../../platform/ports/object-listing.ts';
import { parseDayFolders, parsePartFolder } from '../layout/day-folder.ts';
import type { UtcDay } from '../layout/utc-day.ts';

/**
 * The oldest day that has a folder below `prefix`; of a table by years, its first of January. Three listings or one, more
 * only where folders lead to no day. Undefined when there is none.
 */
export const findFirstDay = async (
  listing: ObjectListing,
  prefix: string,
  by: 'year' | 'day' = 'day',
): Promise<UtcDay | undefined> => {
  for await (const year of partFolders(listing, prefix, 'year')) {
    if (by === 'year') return parseDayFolders(`${year.slice(prefix.length)}month=01/day=01/`);
    for await (const month of partFolders(listing, year, 'month')) {
      for await (const folder of partFolders(listing, month, 'day')) {
        const day = parseDayFolders(folder.slice(prefix.length));
        if (day !== undefined) return day;
      }
    }
  }
  return undefined;
};

/** Those that are named as they should be, ascending. */
const partFolders = async function* (
  listing: ObjectListing,
  prefix: string,
  part: 'year' | 'month' | 'day',
): AsyncIterable<string> {
  for await (const folder of listing.folders(prefix)) {
    if (parsePartFolder(folder.slice(prefix.length), part) !== undefined) yield folder;
  }
};
