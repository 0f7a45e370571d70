import { type ContainerName, containerText } from '../layout/container-name.ts';
import { derivedNames } from '../layout/table-names.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { beginUpdate } from './update-partitions.ts';
import type { UpdateReport } from './update-report.ts';
import { updateSystemTables } from './update-system-tables.ts';
import { updateTables } from './update-tables.ts';

/** Which tables a question is about. */
export interface WantedTables {
  readonly containers?: readonly ContainerName[];
  /** Every container of these. */
  readonly families?: readonly string[];
  /** By their names in SQL: `shop_app`, `shop_app_raw`, `runs`. Others are ignored. */
  readonly tables?: ReadonlySet<string>;
}

/**
 * As `updatePartitions`, thoroughly, for some tables and to the end: where nothing runs it daily. It deletes no object: logs
 * are not to go because somebody asked for them.
 */
export const reconcileTables = async (
  ports: CatalogPorts,
  { containers = [], families = [], tables = new Set() }: WantedTables,
): Promise<UpdateReport> => {
  const work = await beginUpdate(ports, {
    isThorough: true,
    mayDelete: false,
    deadlineMillis: Number.POSITIVE_INFINITY,
  });
  const texts = new Set(containers.map(containerText));
  const isNamed = (table: string): boolean => derivedNames(table).some((name) => tables.has(name));
  await updateSystemTables(work, isNamed);
  await updateTables(
    work,
    work.survey.tables.filter(
      ({ table, name }) => texts.has(containerText(name)) || families.includes(name.family) || isNamed(table),
    ),
  );
  return work.tally.report;
};
