import type { Column, PartitionInput, StorageDescriptor, Table, TableInput } from '@aws-sdk/client-glue';
import { CatalogRefusedError } from '../../errors.ts';
import {
  type CatalogColumn,
  type CatalogEntry,
  type CatalogPartition,
  type CatalogTable,
  type CatalogView,
  catalogMark,
} from '../ports/log-catalog.ts';
import {
  encodePrestoView,
  isColumnType,
  longestViewText,
  parsePrestoView,
  viewExpandedText,
  viewParameters,
} from './presto-view.ts';

type Storage = Pick<StorageDescriptor, 'InputFormat' | 'OutputFormat' | 'SerdeInfo'>;

/** No line can contain what ends it. */
const neverInALine = '\n';

/**
 * How Hive names a format. Of lines, the one column ends at the first delimiter, whatever `last.column.takes.rest` says:
 * that is looked at after the first of several (`SimpleDeserializer` in Trino's source, "bug for bug compatible with
 * LazySimpleSerDe"). So the delimiter is what no line contains, and so is what stands for null, which is `\N` otherwise.
 */
const storageOf: Readonly<Record<CatalogTable['format'], Storage>> = {
  lines: {
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    SerdeInfo: {
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      Parameters: { 'field.delim': neverInALine, 'serialization.null.format': neverInALine },
    },
  },
  parquet: {
    InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
  },
};

const descriptorOf = ({ format, columns, location }: CatalogTable): StorageDescriptor => ({
  ...storageOf[format],
  Columns: columnsOf(columns),
  Location: location,
});

/** A partition is read by its own descriptor, not by the table's. */
export const partitionInput = (
  table: CatalogTable,
  { values, location }: CatalogPartition,
): PartitionInput => ({
  Values: [...values],
  StorageDescriptor: descriptorOf({ ...table, location }),
});

export const tableInput = (entry: CatalogEntry, database: string): TableInput =>
  entry.kind === 'table' ? inputOfTable(entry) : inputOfView(entry, database);

const inputOfTable = (table: CatalogTable): TableInput => ({
  Name: table.name,
  TableType: 'EXTERNAL_TABLE',
  Parameters: { ...table.parameters, EXTERNAL: 'TRUE' },
  PartitionKeys: columnsOf(table.partitionColumns),
  StorageDescriptor: descriptorOf(table),
});

const inputOfView = (view: CatalogView, database: string): TableInput => {
  const text = encodePrestoView(view, database);
  if (text.length > longestViewText)
    throw new CatalogRefusedError(
      `View ${view.name} has ${view.sql.length} characters of SQL, ${text.length} as Glue keeps it, which takes at most ${longestViewText}. Shorten its retention, so that it names fewer days.`,
    );
  return {
    Name: view.name,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { ...view.parameters, ...viewParameters },
    ViewOriginalText: text,
    ViewExpandedText: viewExpandedText,
    // Athena takes no table without the list, and none without a name for how it is stored.
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: columnsOf(view.columns),
      SerdeInfo: { Name: '-', SerializationLibrary: '-' },
    },
  };
};

/** Undefined for what isn't ours. What of ours others have changed comes back different from what it was made of. */
export const parseTable = (table: Table): CatalogEntry | undefined => {
  const { Name: name, Parameters: all = {}, StorageDescriptor: stored } = table;
  if (name === undefined || all[catalogMark] === undefined) return undefined;
  const parameters = Object.fromEntries(Object.entries(all).filter(([key]) => kept.test(key)));
  if (table.TableType === 'VIRTUAL_VIEW') {
    const view = parsePrestoView(table.ViewOriginalText ?? '');
    return { kind: 'view', name, sql: view?.sql ?? '', columns: view?.columns ?? [], parameters };
  }
  return {
    kind: 'table',
    name,
    format: stored?.InputFormat === storageOf.parquet.InputFormat ? 'parquet' : 'lines',
    location: stored?.Location ?? '',
    columns: parseColumns(stored?.Columns),
    partitionColumns: parseColumns(table.PartitionKeys),
    parameters,
  };
};

/** Athena, crawlers and we ourselves add others. */
const kept = /^(stormdrain|projection|storage)\./;

const columnsOf = (columns: readonly CatalogColumn[]): Column[] =>
  columns.map(({ name, type }) => ({ Name: name, Type: type }));

const parseColumns = (columns: readonly Column[] = []): readonly CatalogColumn[] =>
  columns.flatMap(({ Name: name, Type: type }) =>
    name !== undefined && isColumnType(type) ? [{ name, type }] : [],
  );
