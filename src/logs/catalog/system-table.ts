import type { CatalogColumn, ColumnType } from '../../platform/ports/log-catalog.ts';

/**
 * A table of what stormdrain itself writes down, as gzip JSON lines below `prefix`, in folders of its partition columns
 * (padded as those of the logs are). In the catalog `<name>_raw` has the lines, and the view `<name>` the columns.
 */
export interface SystemTable {
  readonly name: string;
  /** In the store: `tables/runs/`. */
  readonly prefix: string;
  /** All `int`: `year`, or `year`, `month` and `day`. The view has them after the columns. */
  readonly partitionColumns: readonly CatalogColumn[];
  readonly columns: readonly SystemColumn[];
}

export interface SystemColumn extends CatalogColumn {
  /** Where the line has the value: `$.response_millis.p50`. Times are ISO 8601 in UTC there, and `timestamp` here. */
  readonly path: string;
}

/** A column that the line has under its own name. */
export const plainColumn = (name: string, type: ColumnType): SystemColumn => ({
  name,
  type,
  path: `$.${name}`,
});

/** Columns of latencies, which the line has as one object: `response_p50_millis` is `$.response_millis.p50`. */
export const latencyColumns = (object: string): readonly SystemColumn[] =>
  ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'].map((figure) => ({
    name: `${object.replace(/_millis$/, '')}_${figure}_millis`,
    type: 'double',
    path: `$.${object}.${figure}`,
  }));

export const yearColumn: CatalogColumn = { name: 'year', type: 'int' };

export const dayColumns: readonly CatalogColumn[] = [
  yearColumn,
  { name: 'month', type: 'int' },
  { name: 'day', type: 'int' },
];
