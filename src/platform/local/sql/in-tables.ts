import { classifyDuckDbFailure } from './classify-duck-db-failure.ts';
import { copyReadable } from './copy-readable.ts';
import { defineTables, findNeeded, foldersOf, type TableSources } from './define-tables.ts';
import type { DuckDb } from './load-duck-db.ts';
import {
  type Database,
  type DatabaseSettings,
  lockDatabase,
  openDatabase,
  openedFiles,
} from './open-database.ts';

export interface SqlContext extends TableSources {
  readonly duckDb: DuckDb;
  readonly settings: DatabaseSettings;
}

/** A SELECT that was read, and the names of tables in it. */
export interface Statement {
  readonly sql: string;
  readonly tables: readonly string[];
}

/** Buffers are twice as long, for each file that is open. */
const usualLineBytes = 2_000_000;
/** What Athena takes for a line, too. */
const mostLineBytes = 33_554_432;
/** Files that have to be copied are found by reading up to the first one that can't be read. */
const mostTries = 20;

/**
 * Does `work` in a database that has the tables of a statement and can reach nothing else but `folders`; again, where DuckDB
 * needs it, with buffers for longer lines, or with copies of files that it can't read. Whatever fails otherwise is thrown as
 * DuckDB has it. `onOpen` is told of each database and closes it, the last one, too.
 */
export const inTables = async <Value>(
  context: SqlContext,
  { sql, tables }: Statement,
  {
    onOpen,
    folders = [],
  }: { readonly onOpen: (database: Database) => Promise<void>; readonly folders?: readonly string[] },
  work: (database: Database) => Promise<Value>,
): Promise<Value> => {
  const { listing, settings } = context;
  const copies = new Map<string, string>();
  const looked = new Set<string>();
  let lineBytes = usualLineBytes;
  for (let tries = 1; ; tries++) {
    const database = await openDatabase(context.duckDb, settings);
    await onOpen(database);
    try {
      const needed = await findNeeded(tables, context);
      await defineTables(database.work, sql, needed, { lineBytes, copies });
      await lockDatabase(database.work, [...foldersOf(needed), ...folders, settings.scratchFolder]);
      return await work(database);
    } catch (error) {
      const { cause } = classifyDuckDbFailure(error, listing.root);
      if (tries === mostTries) throw error;
      if (cause === 'long-line' && lineBytes < mostLineBytes) lineBytes = mostLineBytes;
      else if (cause !== 'not-utf8' && cause !== 'bad-gzip') throw error;
      else {
        const known = copies.size;
        for (const path of await openedFiles(database, listing.root)) {
          if (looked.has(path)) continue;
          looked.add(path);
          const made = await copyReadable(path, settings.scratchFolder);
          if (made.kind === 'copied') copies.set(path, made.copy);
          if (made.kind === 'broken' && cause === 'bad-gzip')
            throw new Error(`${error instanceof Error ? error.message : error}: ${path}`, { cause: error });
        }
        if (copies.size === known) throw error;
      }
    }
  }
};
