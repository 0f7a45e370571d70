import {
  type CatalogPartition,
  type CatalogTable,
  type CatalogView,
  catalogMark,
} from '../../platform/ports/log-catalog.ts';
import {
  type ContainerName,
  compactedPrefix,
  generationPrefix,
  logsDayPrefix,
  logsPrefix,
} from '../layout/container-name.ts';
import { dayText, dayValues, type UtcDay } from '../layout/utc-day.ts';
import { dayPartitionColumns, generationColumn, logColumns, storedColumns } from './log-columns.ts';
import { projectionParameters, type YearRange } from './projection-parameters.ts';
import type { SystemTable } from './system-table.ts';
import type { TableSettings } from './table-settings.ts';
import { keysPrefix, logKeysRoot, logKeysTable, type TableState } from './table-state.ts';
import { compactedName, logViewSql, rawName, systemViewSql } from './view-sql.ts';

/** Parameters of our entries, beside the mark. */
export const entryParameters = {
  /** `raw`, `compacted`, `logs`, `system`. */
  kind: 'stormdrain.kind',
  family: 'stormdrain.family',
  container: 'stormdrain.container',
  /** Of a raw table: the oldest day of which something was found. */
  firstDay: 'stormdrain.firstDay',
  /** Of a view of logs. */
  mode: 'stormdrain.mode',
  retentionDays: 'stormdrain.retentionDays',
  compactedDays: 'stormdrain.compactedDays',
} as const;

/** Raised when a definition changes in a way that no comparison of it shows. */
const definitionVersion = '1';

const lineColumns = [{ name: 'line', type: 'string' }] as const;

/** Whose logs, under which name, and how the store is named (`ObjectListing.root`). */
export interface LogTableName {
  readonly name: ContainerName;
  readonly table: string;
  readonly root: string;
}

const parametersOf = (kind: string, { name }: { readonly name?: ContainerName } = {}) => ({
  [catalogMark]: definitionVersion,
  [entryParameters.kind]: kind,
  ...(name === undefined
    ? {}
    : { [entryParameters.family]: name.family, [entryParameters.container]: name.container }),
});

/** @param years In projection mode: those that are projected. */
export const rawTable = (
  log: LogTableName,
  { firstDay, years }: { readonly firstDay?: UtcDay | undefined; readonly years?: YearRange | undefined },
): CatalogTable => {
  const location = `${log.root}${logsPrefix(log.name)}`;
  return {
    kind: 'table',
    name: rawName(log.table),
    format: 'lines',
    location,
    columns: lineColumns,
    partitionColumns: dayPartitionColumns,
    parameters: {
      ...parametersOf('raw', log),
      ...(firstDay === undefined ? {} : { [entryParameters.firstDay]: dayText(firstDay) }),
      ...(years === undefined ? {} : projectionParameters(location, years)),
    },
  };
};

export const compactedTable = (log: LogTableName): CatalogTable => ({
  kind: 'table',
  name: compactedName(log.table),
  format: 'parquet',
  location: `${log.root}${compactedPrefix(log.name)}`,
  columns: storedColumns,
  partitionColumns: [...dayPartitionColumns, generationColumn],
  parameters: parametersOf('compacted', log),
});

/** What everybody asks. Without a state, or with one of a table that was never compacted, it reads raw objects only. */
export const logView = (
  log: LogTableName,
  { mode, retentionDays }: TableSettings,
  state?: TableState,
): CatalogView => ({
  kind: 'view',
  name: log.table,
  sql: logViewSql(log.table, log.root, state),
  columns: logColumns,
  parameters: {
    ...parametersOf('logs', log),
    [entryParameters.mode]: mode,
    [entryParameters.retentionDays]: String(retentionDays),
    [entryParameters.compactedDays]: String(state?.live.length ?? 0),
  },
});

export const rawPartition = ({ name, root }: LogTableName, day: UtcDay): CatalogPartition => ({
  values: dayValues(day),
  location: `${root}${logsDayPrefix(name, day)}`,
});

export const compactedPartition = (
  { name, root }: LogTableName,
  day: UtcDay,
  generation: number,
): CatalogPartition => ({
  values: [...dayValues(day), String(generation)],
  location: `${root}${generationPrefix(name, day, generation)}`,
});

/** The table of raw keys that are in generations; see `keysKey`. */
export const keysTable = (root: string): CatalogTable => ({
  kind: 'table',
  name: logKeysTable,
  format: 'lines',
  location: `${root}${logKeysRoot}`,
  columns: lineColumns,
  partitionColumns: [{ name: 'table_name', type: 'string' }, generationColumn],
  parameters: parametersOf('system'),
});

export const keysPartition = (root: string, table: string, generation: number): CatalogPartition => ({
  values: [table, String(generation)],
  location: `${root}${keysPrefix(table, generation)}`,
});

export const systemRawTable = (
  root: string,
  { name, prefix, partitionColumns }: SystemTable,
): CatalogTable => ({
  kind: 'table',
  name: rawName(name),
  format: 'lines',
  location: `${root}${prefix}`,
  columns: lineColumns,
  partitionColumns,
  parameters: parametersOf('system'),
});

export const systemView = (system: SystemTable): CatalogView => ({
  kind: 'view',
  name: system.name,
  sql: systemViewSql(system),
  columns: [...system.columns.map(({ name, type }) => ({ name, type })), ...system.partitionColumns],
  parameters: parametersOf('system'),
});
