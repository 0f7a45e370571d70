import { CatalogRefusedError, CatalogUnavailableError } from '../../errors.ts';
import type {
  CatalogPartition,
  CatalogTable,
  LogCatalog,
  PartitionFailure,
} from '../../platform/ports/log-catalog.ts';

/** Whether both are read as the same partition: `1` and `01` are, of a column of numbers. */
const isSamePartition = (one: CatalogPartition, other: CatalogPartition): boolean =>
  one.values.every((value, place) => {
    const against = other.values[place] ?? '';
    return (
      value === against || (/^\d+$/.test(value) && /^\d+$/.test(against) && Number(value) === Number(against))
    );
  });

const isRight = (one: CatalogPartition, wanted: CatalogPartition): boolean =>
  one.location === wanted.location && one.values.every((value, place) => value === wanted.values[place]);

/**
 * Has a partition registered once, under these values, with this location: what an UNLOAD doesn't find registered it would
 * leave out, and what is registered twice it would read twice, and both without an error.
 */
export const seePartition = async (
  catalog: LogCatalog,
  table: CatalogTable,
  wanted: CatalogPartition,
): Promise<void> => {
  const found: CatalogPartition[] = [];
  for await (const partition of catalog.partitions(table.name))
    if (isSamePartition(partition, wanted)) found.push(partition);
  const wrong = found.filter((partition) => !isRight(partition, wanted)).map(({ values }) => values);
  if (wrong.length > 0) passOn(await catalog.removePartitions(table.name, wrong), 'missing');
  if (wrong.length === found.length) passOn(await catalog.createPartitions(table, [wanted]), 'exists');
};

/** As `seePartition`, with one call, for one that nobody else makes. */
export const makePartition = async (
  catalog: LogCatalog,
  table: CatalogTable,
  wanted: CatalogPartition,
): Promise<void> => {
  const [failure] = await catalog.createPartitions(table, [wanted]);
  if (failure?.cause === 'exists') await seePartition(catalog, table, wanted);
  else if (failure !== undefined) passOn([failure], 'exists');
};

/** Removing one that isn't there succeeds. */
export const dropPartition = async (
  catalog: LogCatalog,
  table: string,
  values: readonly string[],
): Promise<void> => passOn(await catalog.removePartitions(table, [values]), 'missing');

/** Throws what stood in the way, but for what is as good as done. */
const passOn = (failures: readonly PartitionFailure[], done: PartitionFailure['cause']): void => {
  for (const { cause, values, message } of failures) {
    if (cause === done) continue;
    const text = `Partition ${values.join('/')}: ${message}`;
    throw cause === 'passing' ? new CatalogUnavailableError(text) : new CatalogRefusedError(text);
  }
};
