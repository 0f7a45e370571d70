import type { DuckDBConnection } from '@duckdb/node-api';
import type { CatalogEntry, CatalogTable, LogCatalog } from '../../ports/log-catalog.ts';
import type { ObjectListing } from '../../ports/object-listing.ts';
import { quoteIdentifier } from '../../ports/sql-quoting.ts';
import type { ReadStatement } from './read-statement.ts';
import { listTableFiles, type TableFile } from './table-files.ts';
import { type ReadOptions, tableSql } from './table-sql.ts';
import { macroStatements } from './trino-macros.ts';

/** A catalog that gives an entry by its name: there may be thousands, and a query names few. */
export interface TableCatalog extends Pick<LogCatalog, 'partitions'> {
  entry(name: string): Promise<CatalogEntry | undefined>;
}

/** A table or view of the catalog that a query needs, after those that it needs itself. */
export type NeededEntry =
  | { readonly kind: 'view'; readonly name: string; readonly sql: string }
  | { readonly kind: 'table'; readonly table: CatalogTable; readonly files: readonly TableFile[] };

export interface TableSources {
  readonly catalog: TableCatalog;
  readonly listing: ObjectListing;
  readonly read: (sql: string) => Promise<ReadStatement>;
}

/** What these names are, and what those are made of. A name that the catalog hasn't is left to DuckDB to complain about. */
export const findNeeded = async (
  names: readonly string[],
  { catalog, listing, read }: TableSources,
): Promise<readonly NeededEntry[]> => {
  const seen = new Set<string>();
  const needed: NeededEntry[] = [];
  const visit = async (name: string): Promise<void> => {
    if (seen.has(name)) return;
    seen.add(name);
    const entry = await catalog.entry(name);
    if (entry?.kind === 'view') {
      const { sql } = entry;
      const statement = await read(sql);
      if (statement.kind === 'select') for (const inner of statement.tables) await visit(inner);
      needed.push({ kind: 'view', name, sql });
    } else if (entry !== undefined) {
      const files = await listTableFiles(entry, catalog.partitions(name), listing);
      needed.push({ kind: 'table', table: entry, files });
    }
  };
  for (const name of names) await visit(name);
  return needed;
};

/** Makes them, and the functions that they and the query may call. */
export const defineTables = async (
  connection: DuckDBConnection,
  sql: string,
  needed: readonly NeededEntry[],
  options: ReadOptions,
): Promise<void> => {
  const views = needed.flatMap((entry) => (entry.kind === 'view' ? [entry.sql] : []));
  const made = needed.map((entry) =>
    entry.kind === 'view'
      ? `CREATE VIEW ${quoteIdentifier(entry.name)} AS ${entry.sql}`
      : `CREATE VIEW ${quoteIdentifier(entry.table.name)} AS ${tableSql(entry.table, entry.files, options)}`,
  );
  for (const statement of [...macroStatements([sql, ...views]), ...made]) await connection.run(statement);
};

/** Folders that the files of these tables are in. */
export const foldersOf = (needed: readonly NeededEntry[]): readonly string[] => [
  ...new Set(
    needed.flatMap((entry) =>
      entry.kind === 'view'
        ? []
        : [
            entry.table.location,
            ...entry.files
              .map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1))
              .filter((folder) => !folder.startsWith(entry.table.location)),
          ],
    ),
  ),
];
