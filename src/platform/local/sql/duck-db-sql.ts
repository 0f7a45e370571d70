import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { QueryInvalidError, QueryNotFoundError, SqlUnavailableError } from '../../../errors.ts';
import type { ObjectListing } from '../../ports/object-listing.ts';
import type { SqlEngine, SqlPage, SqlRequest, SqlStatus } from '../../ports/sql-engine.ts';
import type { TableCatalog } from './define-tables.ts';
import type { SqlContext, Statement } from './in-tables.ts';
import { type DuckDb, loadDuckDb } from './load-duck-db.ts';
import { type Database, openDatabase } from './open-database.ts';
import { readStatement } from './read-statement.ts';
import { SqlQuery } from './sql-query.ts';
import { Turns } from './turns.ts';
import { unloadTo } from './unload.ts';

export interface DuckDbSqlOptions {
  readonly catalog: TableCatalog;
  /** Of a store that is a folder: DuckDB reads its files. */
  readonly listing: ObjectListing;
  readonly threads?: number;
  /** As DuckDB writes it: `2GB`. A quarter of the machine's unless given. */
  readonly memoryLimit?: string;
  readonly load?: () => Promise<DuckDb>;
}

/** Each takes a thread of Node's few. */
const queriesAtOnce = 2;
const mostWaiting = 50;
/** Results that are kept to be paged through. */
const mostResults = 16;

/** Queries over a folder by DuckDB in this process. Their ids are known to this process only. */
export class DuckDbSql implements SqlEngine {
  readonly #options: DuckDbSqlOptions;
  readonly #scratchFolder = join(tmpdir(), `stormdrain-sql-${process.pid}-${randomUUID()}`);
  readonly #queries = new Map<string, SqlQuery>();
  readonly #started = new Map<string, { readonly text: string; readonly queryId: Promise<string> }>();
  /** Parses, and does nothing else. */
  #reader: Promise<Database> | undefined;
  readonly #turns = new Turns(queriesAtOnce);

  constructor(options: DuckDbSqlOptions) {
    this.#options = options;
  }

  async start(request: SqlRequest): Promise<string> {
    const text = JSON.stringify([request.sql, request.parameters]);
    const known = this.#started.get(request.token);
    if (known !== undefined && known.text !== text)
      throw new QueryInvalidError('Another query was started with this token.');
    if (known !== undefined) return known.queryId;
    const queryId = this.#start(request);
    this.#started.set(request.token, { text, queryId });
    queryId.catch(() => this.#started.delete(request.token));
    return queryId;
  }

  async status(queryId: string): Promise<SqlStatus | undefined> {
    return this.#queries.get(queryId)?.status();
  }

  async page(queryId: string, after?: string): Promise<SqlPage> {
    const query = this.#queries.get(queryId);
    if (query === undefined) throw new QueryNotFoundError(`No query ${queryId} was started by this process.`);
    return query.page(after);
  }

  async cancel(queryId: string): Promise<void> {
    await this.#queries.get(queryId)?.cancel();
  }

  /**
   * Athena's `UNLOAD (<select>) TO '<prefix>' WITH (format = 'PARQUET', compression = 'ZSTD', compression_level = N)`, and nothing else. Throws
   * `QueryInvalid` for another statement or a prefix that has objects, and `SqlRefused` or `SqlUnavailable` when it fails.
   */
  async unload(sql: string): Promise<void> {
    const context = await this.#context();
    await this.#turns.take(() => unloadTo(context, sql, (select) => this.#read(context, select)));
  }

  /** Stops what runs and forgets all results. */
  async close(): Promise<void> {
    for (const query of this.#queries.values()) await query.cancel();
    for (const query of this.#queries.values()) {
      await query.ended;
      await query.drop();
    }
    this.#queries.clear();
    this.#started.clear();
    await (await this.#reader)?.close();
    this.#reader = undefined;
    await rm(this.#scratchFolder, { recursive: true, force: true });
  }

  async #start({ sql, parameters }: SqlRequest): Promise<string> {
    if (this.#turns.waiting >= mostWaiting)
      throw new SqlUnavailableError(`${mostWaiting} queries are waiting on this machine already.`);
    const context = await this.#context();
    const statement = await this.#read(context, sql);
    const queryId = randomUUID();
    this.#queries.set(queryId, new SqlQuery(context, statement, parameters, this.#turns));
    const withResults = [...this.#queries.values()];
    for (const query of withResults.slice(0, -mostResults)) if (query.isOver) await query.drop();
    return queryId;
  }

  /** What can't be parsed fails when it runs, where DuckDB says in which line. */
  async #read({ read }: SqlContext, sql: string): Promise<Statement> {
    const statement = await read(sql);
    if (statement.kind === 'refused') throw new QueryInvalidError(statement.message);
    return { sql, tables: statement.kind === 'select' ? statement.tables : [] };
  }

  async #context(): Promise<SqlContext> {
    const { catalog, listing, threads, memoryLimit, load } = this.#options;
    const duckDb = await loadDuckDb(load);
    const settings = {
      threads: threads ?? availableParallelism(),
      memoryLimit: memoryLimit ?? `${Math.max(512, Math.floor(totalmem() / 4_000_000))}MB`,
      scratchFolder: this.#scratchFolder,
    };
    this.#reader ??= openDatabase(duckDb, { ...settings, threads: 1 });
    const reader = await this.#reader;
    return { duckDb, catalog, listing, settings, read: (sql) => readStatement(reader, sql) };
  }
}
