import type { ObjectListing } from '../../platform/ports/object-listing.ts';
import { type ContainerName, logsPrefix } from '../layout/container-name.ts';
import { parseDayFolders, parsePartFolder } from '../layout/day-folder.ts';
import type { UtcDay } from '../layout/utc-day.ts';

/** Days of which a container has folders: a listing for its years, one for each year, one for each month. */
export const listDays = async (
  listing: Pick<ObjectListing, 'folders'>,
  name: ContainerName,
): Promise<readonly UtcDay[]> => {
  const root = logsPrefix(name);
  const days: UtcDay[] = [];
  for await (const year of foldersOf(listing, root, 'year'))
    for await (const month of foldersOf(listing, year, 'month'))
      for await (const folder of foldersOf(listing, month, 'day')) {
        const day = parseDayFolders(folder.slice(root.length));
        if (day !== undefined) days.push(day);
      }
  return days;
};

const foldersOf = async function* (
  listing: Pick<ObjectListing, 'folders'>,
  prefix: string,
  part: 'year' | 'month' | 'day',
): AsyncIterable<string> {
  for await (const folder of listing.folders(prefix))
    if (parsePartFolder(folder.slice(prefix.length), part) !== undefined) yield folder;
};
