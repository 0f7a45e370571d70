import type { CatalogPartition, CatalogTable } from '../../ports/log-catalog.ts';
import type { ObjectListing } from '../../ports/object-listing.ts';

/** A file of a table, and the values of its partition as the catalog has them. */
export interface TableFile {
  readonly path: string;
  readonly values: readonly string[];
}

/** Which partitions of a table there are, and what lies in their folders. */
export const listTableFiles = async (
  table: CatalogTable,
  partitions: AsyncIterable<CatalogPartition>,
  listing: ObjectListing,
): Promise<readonly TableFile[]> => {
  const valuesAt = await partitionFinder(table, partitions);
  const files: TableFile[] = [];
  for (const location of await foldersOf(table, valuesAt)) {
    for await (const { key, bytes } of listing.objects(keyOf(location, listing.root))) {
      const path = `${listing.root}${key}`;
      // Athena doesn't read these either.
      if (bytes === 0 || /^[._]/.test(path.slice(path.lastIndexOf('/') + 1))) continue;
      for (const values of valuesAt.find(path)) files.push({ path, values });
    }
  }
  return files;
};

interface PartitionFinder {
  /** Folders with their ending `/`; none when they are worked out from paths. */
  readonly folders: readonly string[];
  find(path: string): readonly (readonly string[])[];
}

const partitionFinder = async (
  { location, partitionColumns, parameters }: CatalogTable,
  partitions: AsyncIterable<CatalogPartition>,
): Promise<PartitionFinder> => {
  if (partitionColumns.length === 0) return { folders: [location], find: () => [[]] };
  const template =
    parameters['projection.enabled'] === 'true' ? parameters['storage.location.template'] : undefined;
  if (template !== undefined)
    return projected(
      template,
      location,
      partitionColumns.map(({ name }) => name),
    );
  const byFolder = new Map<string, (readonly string[])[]>();
  for await (const { values, location: folder } of partitions)
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), values]);
  return {
    folders: [...byFolder.keys()],
    find: (path) => foldersAbove(path).flatMap((folder) => byFolder.get(folder) ?? []),
  };
};

/** Partitions that nobody registers: `…/year=${year}/month=${month}/`. */
const projected = (template: string, location: string, columns: readonly string[]): PartitionFinder => {
  const places = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  const pattern = new RegExp(
    `^${template
      .split(/\$\{\w+\}/)
      .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('(\\d+)')}`,
  );
  return {
    folders: [location],
    find(path) {
      const found = pattern.exec(path)?.slice(1);
      if (found === undefined) return [];
      return [columns.map((name) => String(Number(found[places.indexOf(name)])))];
    },
  };
};

/** One listing of the table's folder, and one of each partition that lies elsewhere. */
const foldersOf = async (
  { location }: CatalogTable,
  { folders }: PartitionFinder,
): Promise<ReadonlySet<string>> =>
  new Set(folders.map((folder) => (folder.startsWith(location) ? location : folder)));

const keyOf = (location: string, root: string): string => {
  if (!location.startsWith(root))
    throw new RangeError(`${location} is not in ${root}, where this machine's store is.`);
  return location.slice(root.length);
};

const foldersAbove = (path: string): readonly string[] => {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : path.lastIndexOf('/', end - 1))
    folders.push(path.slice(0, end + 1));
  return folders;
};
