import type { DuckDBPreparedStatement } from '@duckdb/node-api';
import { QueryInvalidError, QueryNotFoundError } from '../../../errors.ts';
import type { SqlPage, SqlStatus, SqlValue } from '../../ports/sql-engine.ts';
import { classifyDuckDbFailure } from './classify-duck-db-failure.ts';
import { inTables, type SqlContext, type Statement } from './in-tables.ts';
import { type Database, scannedBytes, stopWatching } from './open-database.ts';
import { openResult, resultTable, type SqlResult } from './sql-result.ts';
import type { Turns } from './turns.ts';

/** A query from its start to its result, which stays until it is dropped. */
export class SqlQuery {
  readonly #context: SqlContext;
  #database: Database | undefined;
  #end: Exclude<SqlStatus, { kind: 'running' }> | undefined;
  #result: SqlResult | undefined;
  #isCancelled = false;
  /** Of its work, never rejected. */
  readonly ended: Promise<void>;

  constructor(context: SqlContext, statement: Statement, values: readonly SqlValue[], turns: Turns) {
    this.#context = context;
    const startedMillis = performance.now();
    this.ended = turns.take(async () => {
      try {
        this.#stopIfCancelled();
        this.#result = await this.#run(statement, values);
        const millis = Math.round(performance.now() - startedMillis);
        this.#end = {
          kind: 'succeeded',
          scannedBytes: await this.#scannedBytes(),
          isReused: false,
          millis,
        };
      } catch (error) {
        this.#end = this.#failure(error, await this.#scannedBytes());
        await this.#close();
      }
    });
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** What was read is known at the end: while a query fills memory, looking for it may take for ever (`stopWatching`). */
  async status(): Promise<SqlStatus> {
    return this.#end ?? { kind: 'running', scannedBytes: 0 };
  }

  async page(after?: string): Promise<SqlPage> {
    if (this.#result !== undefined) return this.#result.page(after);
    if (this.#end?.kind === 'succeeded')
      throw new QueryNotFoundError(
        'The results of this query are gone: newer ones have taken their place. Ask again.',
      );
    throw new QueryInvalidError('This query has no results: it runs, or did not succeed.');
  }

  async cancel(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#isCancelled = true;
    const interrupt = () => this.#database?.work.interrupt();
    interrupt();
    // Between two statements there is nothing to interrupt.
    const again = setInterval(interrupt, 20);
    void this.ended.then(() => clearInterval(again));
  }

  /** Its status stays. */
  async drop(): Promise<void> {
    this.#result = undefined;
    await this.#close();
  }

  async #run({ sql, tables }: Statement, values: readonly SqlValue[]): Promise<SqlResult> {
    const onOpen = async (database: Database) => {
      await this.#close();
      this.#database = database;
    };
    return inTables(this.#context, { sql, tables }, { onOpen }, async (database) => {
      const { work } = database;
      this.#stopIfCancelled();
      const asked = await work.prepare(sql);
      const names = Array.from({ length: asked.columnCount }, (_, n) => asked.columnName(n));
      if (asked.parameterCount !== values.length)
        throw new Error(
          `The query has ${asked.parameterCount} places for values ("?"), and ${values.length} were given.`,
        );
      const [schema = ''] = resultTable.split('.');
      await work.run(`CREATE SCHEMA ${schema}`);
      const prepared = await work.prepare(`CREATE TABLE ${resultTable} AS\n${sql}`);
      values.forEach((value, n) => {
        bind(prepared, n + 1, value);
      });
      this.#stopIfCancelled();
      await prepared.run();
      await stopWatching(database);
      return openResult(this.#context.duckDb, database, names);
    });
  }

  #stopIfCancelled(): void {
    if (this.#isCancelled) throw new Error('cancelled');
  }

  #failure(error: unknown, scanned: number): Exclude<SqlStatus, { kind: 'running' }> {
    if (this.#isCancelled) return { kind: 'cancelled', scannedBytes: scanned };
    const failure = classifyDuckDbFailure(error, this.#context.listing.root);
    switch (failure.cause) {
      case 'interrupted':
        return { kind: 'cancelled', scannedBytes: scanned };
      case 'long-line':
      case 'not-utf8':
      case 'bad-gzip':
        return { ...failure, kind: 'failed', scannedBytes: scanned, cause: 'object' };
      default:
        return { ...failure, kind: 'failed', scannedBytes: scanned };
    }
  }

  async #scannedBytes(): Promise<number> {
    const database = this.#database;
    if (database === undefined) return 0;
    await stopWatching(database).catch(() => undefined);
    // What was interrupted has no figure any more.
    return scannedBytes(database, this.#context.listing.root).catch(() => 0);
  }

  async #close(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    await database?.close();
  }
}

const bind = (prepared: DuckDBPreparedStatement, place: number, value: SqlValue): void => {
  if (typeof value === 'string') prepared.bindVarchar(place, value);
  else if (typeof value === 'boolean') prepared.bindBoolean(place, value);
  else if (Number.isSafeInteger(value)) prepared.bindBigInt(place, BigInt(value));
  else prepared.bindDouble(place, value);
};
