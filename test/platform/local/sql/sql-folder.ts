import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FolderCatalog } from '../../../../src/platform/local/folder-catalog.ts';
import { FolderStore } from '../../../../src/platform/local/folder-store.ts';
import { DuckDbSql, type DuckDbSqlOptions } from '../../../../src/platform/local/sql/duck-db-sql.ts';
import { type CatalogTable, catalogMark } from '../../../../src/platform/ports/log-catalog.ts';
import type { SqlCell, SqlStatus, SqlValue } from '../../../../src/platform/ports/sql-engine.ts';

/** A store in a folder of its own, its catalog, and DuckDB over both. */
export interface SqlFolder {
  readonly root: string;
  readonly store: FolderStore;
  readonly catalog: FolderCatalog;
  readonly sql: DuckDbSql;
  close(): Promise<void>;
}

export const openSqlFolder = async (
  options: Partial<DuckDbSqlOptions> = {},
  name = 'stormdrain-sql-',
): Promise<SqlFolder> => {
  const folder = await mkdtemp(join(tmpdir(), name));
  const store = new FolderStore(folder);
  const catalog = new FolderCatalog(store);
  const sql = new DuckDbSql({ catalog, listing: store, threads: 2, memoryLimit: '500MB', ...options });
  return {
    root: store.root,
    store,
    catalog,
    sql,
    async close() {
      await sql.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export const ended = async (sql: DuckDbSql, queryId: string): Promise<SqlStatus> => {
  for (;;) {
    const status = await sql.status(queryId);
    if (status === undefined) throw new Error(`no query ${queryId}`);
    if (status.kind !== 'running') return status;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

export const ask = async (
  sql: DuckDbSql,
  text: string,
  parameters: readonly SqlValue[] = [],
): Promise<{ readonly rows: readonly (readonly SqlCell[])[]; readonly status: SqlStatus }> => {
  const queryId = await sql.start({ sql: text, parameters, reuseMinutes: 0, token: crypto.randomUUID() });
  const status = await ended(sql, queryId);
  if (status.kind !== 'succeeded') return { rows: [], status };
  return { rows: (await sql.page(queryId)).rows, status };
};

/** The rows of a query that must succeed. */
export const rowsOf = async (...asked: Parameters<typeof ask>): Promise<readonly (readonly SqlCell[])[]> => {
  const { rows, status } = await ask(...asked);
  if (status.kind !== 'succeeded') throw new Error(JSON.stringify(status));
  return rows;
};

export const gzipped = (...lines: readonly (string | Uint8Array)[]): Uint8Array =>
  gzipSync(Buffer.concat(lines.map((line) => Buffer.from(line))));

const day = ['year', 'month', 'day'].map((name) => ({ name, type: 'int' as const }));

export const linesTable = (root: string, changes: Partial<CatalogTable> = {}): CatalogTable => ({
  kind: 'table',
  name: 'shop_app_raw',
  format: 'lines',
  location: `${root}logs/shop/app/`,
  columns: [{ name: 'line', type: 'string' }],
  partitionColumns: day,
  parameters: { [catalogMark]: '1' },
  ...changes,
});

/** `year=2026/month=11/day=05/` of day 5. */
export const dayFolder = (of: number): string => `year=2026/month=11/day=${String(of).padStart(2, '0')}/`;

/** Puts an object for each of the days of November 2026 and registers them. */
export const putDays = async (
  { store, catalog, root }: SqlFolder,
  days: Readonly<Record<number, Uint8Array>>,
): Promise<void> => {
  const table = linesTable(root);
  await catalog.create(table);
  for (const [of, body] of Object.entries(days))
    await store.put(`logs/shop/app/${dayFolder(Number(of))}000000-a.gz`, body);
  await catalog.createPartitions(
    table,
    Object.keys(days).map((of) => ({
      values: ['2026', '11', of],
      location: `${table.location}${dayFolder(Number(of))}`,
    })),
  );
};
