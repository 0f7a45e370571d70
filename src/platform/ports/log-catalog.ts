/**
 * What tables, partitions and views there are for SQL: Glue's database, or documents beside the local store. One method is
 * one call, or one call for each page. Every method throws `CatalogUnavailable` when it may succeed later (after its own
 * bounded retries), `CatalogRefused` when it won't.
 */
export interface LogCatalog {
  /** Everything in the database, in no order, all pages. What isn't ours is left out (see `CatalogEntry.parameters`). */
  entries(): AsyncIterable<CatalogEntry>;
  /** `exists` when the name is taken, by whatever it is. */
  create(entry: CatalogEntry): Promise<'created' | 'exists'>;
  /** Replaces the whole entry, at once: a query sees the old one or the new one. */
  update(entry: CatalogEntry): Promise<'updated' | 'missing'>;
  /** With its partitions. Removing what isn't there succeeds. */
  remove(name: string): Promise<void>;
  /** All pages; none of a table that isn't there. */
  partitions(table: string): AsyncIterable<CatalogPartition>;
  /** Up to 100. Returns what could not be made; the others were. */
  createPartitions(
    table: CatalogTable,
    partitions: readonly CatalogPartition[],
  ): Promise<readonly PartitionFailure[]>;
  /** Up to 25, by their values as they are registered. Data stays. Returns what could not be removed; the others were. */
  removePartitions(
    table: string,
    values: readonly (readonly string[])[],
  ): Promise<readonly PartitionFailure[]>;
}

export type CatalogEntry = CatalogTable | CatalogView;

/** Athena's names: `string`, `int`, `bigint`, `double`, `boolean`, `timestamp`. In Glue `string`, in a view's document `varchar`. */
export type ColumnType = 'string' | 'int' | 'bigint' | 'double' | 'boolean' | 'timestamp';

export interface CatalogColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface CatalogTable {
  readonly kind: 'table';
  readonly name: string;
  /** `lines`: each line of gzip text is one column of text. `parquet`: zstd. */
  readonly format: 'lines' | 'parquet';
  /** With the ending `/`, beginning with the store's root. */
  readonly location: string;
  readonly columns: readonly CatalogColumn[];
  readonly partitionColumns: readonly CatalogColumn[];
  /** Ours begin with `stormdrain.` (`stormdrain.family`, `stormdrain.container`), projection's with `projection.` or `storage.`. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CatalogView {
  readonly kind: 'view';
  readonly name: string;
  /** Of Trino's dialect: one SELECT. */
  readonly sql: string;
  readonly columns: readonly CatalogColumn[];
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CatalogPartition {
  /** As they are registered, in the order of the partition columns: `["2026", "1", "5"]`. */
  readonly values: readonly string[];
  /** With the ending `/`. */
  readonly location: string;
}

export interface PartitionFailure {
  readonly values: readonly string[];
  /** `exists` when making it, `missing` when removing it: as good as done. `passing`: throttled, or a fault of the service. */
  readonly cause: 'exists' | 'missing' | 'passing' | 'refused';
  readonly message: string;
}

/** The parameter that every entry of ours has; entries without it are never touched. Its value is the definition's version. */
export const catalogMark = 'stormdrain.version';
