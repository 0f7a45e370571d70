import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { DuckDb } from './load-duck-db.ts';
import { literals } from './sql-text.ts';

export interface DatabaseSettings {
  readonly threads: number;
  /** As DuckDB writes it: `2GB`. */
  readonly memoryLimit: string;
  /** What doesn't fit in memory is put there. */
  readonly scratchFolder: string;
}

/** A database in memory for one query. It is cheaper than keeping queries apart in one: 15 ms. */
export interface Database {
  readonly work: DuckDBConnection;
  /** Reads something beside the work, one after the other; nothing once it is closed. */
  look(sql: string, values?: readonly string[]): Promise<readonly (readonly unknown[])[]>;
  /** After what is being looked at: DuckDB doesn't survive being closed under a query. */
  close(): Promise<void>;
}

export const openDatabase = async (duckDb: DuckDb, settings: DatabaseSettings): Promise<Database> => {
  const instance: DuckDBInstance = await duckDb.DuckDBInstance.create(':memory:', {
    threads: String(settings.threads),
    memory_limit: settings.memoryLimit,
    temp_directory: settings.scratchFolder,
    max_temp_directory_size: '10GB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    integer_division: 'true',
  });
  const work = await instance.connect();
  const watch = await instance.connect();
  await work.run("SET GLOBAL TimeZone = 'UTC'");
  let looks: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  return {
    work,
    async look(sql, values = []) {
      const rows = looks.then(async () =>
        isClosed ? [] : (await watch.runAndReadAll(sql, [...values])).getRows(),
      );
      looks = rows.catch(() => undefined);
      return rows;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await looks;
      work.closeSync();
      watch.closeSync();
      instance.closeSync();
    },
  };
};

/**
 * From here on nothing but these folders can be read, nothing can be written elsewhere, and no setting changed. What is read
 * is written down, for `scannedBytes`.
 */
export const lockDatabase = async (
  connection: DuckDBConnection,
  folders: readonly string[],
): Promise<void> => {
  await connection.run(`
    CALL enable_logging('FileSystem', level = 'trace');
    SET allowed_directories = ${literals(folders)};
    SET enable_external_access = false;
    SET lock_configuration = true;
  `);
};

/**
 * What is read from here on isn't written down: of a database whose memory is full, even reading the list writes to the scratch folder and adds to
 * it, and never ends.
 */
export const stopWatching = async (database: Database): Promise<void> => {
  await database.work.run('CALL disable_logging()');
};

/** Bytes that were read from files below a folder: of gzip as they are stored, of Parquet the parts that were needed. */
export const scannedBytes = async (database: Database, root: string): Promise<number> => {
  const [[bytes] = []] = await database.look(
    `SELECT coalesce(sum(bytes), 0)::DOUBLE FROM duckdb_logs_parsed('FileSystem') WHERE op = 'READ' AND starts_with(path, $1)`,
    [root],
  );
  return Number(bytes ?? 0);
};

/** Files below a folder that were opened. */
export const openedFiles = async (database: Database, root: string): Promise<readonly string[]> => {
  const rows = await database.look(
    `SELECT DISTINCT path FROM duckdb_logs_parsed('FileSystem') WHERE op = 'OPEN' AND starts_with(path, $1)`,
    [root],
  );
  return rows.map(([path]) => String(path));
};
