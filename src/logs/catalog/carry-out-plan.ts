import { eachOf, inBatches } from '../../calls/paced-call.ts';
import type { CatalogPartition, CatalogTable, PartitionFailure } from '../../platform/ports/log-catalog.ts';
import type { CatalogWork } from './catalog-work.ts';
import type { PartitionPlan } from './plan-partitions.ts';

/** What a catalog takes with one call. */
const createdAtOnce = 100;
const removedAtOnce = 25;

const mostTries = 4;
const batchesAtOnce = 4;

/** Removes, then creates, in batches. What fails for itself is tried again where that may help, else told as a problem. */
export const carryOutPlan = async (
  work: CatalogWork,
  table: CatalogTable,
  { create, remove }: Pick<PartitionPlan, 'create' | 'remove'>,
): Promise<void> => {
  await removePartitions(work, table.name, remove);
  await batchesInTries(work, table.name, create, createdAtOnce, 'partitionsMade', (batch) =>
    work.ports.catalog.createPartitions(table, batch),
  );
};

/** As `carryOutPlan`. */
export const removePartitions = (
  work: CatalogWork,
  table: string,
  partitions: readonly CatalogPartition[],
): Promise<void> =>
  batchesInTries(work, table, partitions, removedAtOnce, 'partitionsRemoved', (batch) =>
    work.ports.catalog.removePartitions(
      table,
      batch.map(({ values }) => values),
    ),
  );

const batchesInTries = async (
  { ports, tally }: CatalogWork,
  table: string,
  partitions: readonly CatalogPartition[],
  size: number,
  figure: 'partitionsMade' | 'partitionsRemoved',
  call: (batch: readonly CatalogPartition[]) => Promise<readonly PartitionFailure[]>,
): Promise<void> => {
  let left = partitions;
  for (let tried = 1; left.length > 0; tried++) {
    const again: CatalogPartition[] = [];
    await eachOf(inBatches(left, size), batchesAtOnce, async (batch) => {
      const byValues = new Map(batch.map((partition) => [keyOf(partition), partition]));
      const failures = await call(batch);
      tally.add(figure, batch.length - failures.length);
      for (const failure of failures) {
        if (failure.cause === 'exists' || failure.cause === 'missing') continue;
        const partition = byValues.get(keyOf(failure));
        if (partition !== undefined && failure.cause === 'passing' && tried < mostTries)
          again.push(partition);
        else tally.problem(`${table}, partition ${failure.values.join('/')}: ${failure.message}`);
      }
    });
    left = again;
    if (left.length > 0) await ports.time.sleep(200 * 2 ** tried * (0.5 + ports.random() / 2));
  }
};

const keyOf = ({ values }: { readonly values: readonly string[] }): string => values.join('\0');
