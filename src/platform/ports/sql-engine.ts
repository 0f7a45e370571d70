/**
 * Queries over the catalog's tables: Athena, or DuckDB on this machine. SQL is of Trino's dialect. Every method throws
 * `SqlUnavailable` when it may succeed later (after its own bounded retries), `SqlRefused` when it won't.
 */
export interface SqlEngine {
  /**
   * Starts a query and returns its id. The same token with the same request starts it once. Throws `QueryInvalid` for what the
   * engine refuses to begin; what it finds out later is a failed query.
   */
  start(request: SqlRequest): Promise<string>;
  /** `undefined` when there is no such query. */
  status(queryId: string): Promise<SqlStatus | undefined>;
  /** A page of the rows of a query that has succeeded, in their order, up to 1,000. `QueryNotFound` when they aren't there any more. */
  page(queryId: string, after?: string): Promise<SqlPage>;
  /** Stopping what is over, or isn't there, succeeds. */
  cancel(queryId: string): Promise<void>;
}

export interface SqlRequest {
  /** One SELECT, with a `?` for each parameter. */
  readonly sql: string;
  /** Values for the `?`s, in their order: never part of the text. */
  readonly parameters: readonly SqlValue[];
  /** Results of the same query that are no older may be returned again; 0: never. */
  readonly reuseMinutes: number;
  /** 32 to 128 characters. */
  readonly token: string;
}

/** Dates and times are compared as their type by the text around the `?`: `time >= from_iso8601_timestamp(?)`. */
export type SqlValue = string | number | boolean;

export type SqlStatus =
  /** Bytes are 0 where the engine tells them at the end only. */
  | { readonly kind: 'running'; readonly scannedBytes: number }
  | {
      readonly kind: 'succeeded';
      /** Read from the store; 0 when an older result was returned. */
      readonly scannedBytes: number;
      readonly isReused: boolean;
      readonly millis: number;
    }
  | {
      readonly kind: 'failed';
      readonly scannedBytes: number;
      /**
       * `query`: what was asked can't be answered. `limit`: more would be scanned than may be. `object`: an object can't
       * be read. `engine`: the engine failed, and may not the next time.
       */
      readonly cause: 'query' | 'limit' | 'object' | 'engine';
      readonly message: string;
      /** Of the object that can't be read, where the engine tells: with the store's root, as in the catalog. */
      readonly object?: string;
    }
  | { readonly kind: 'cancelled'; readonly scannedBytes: number };

export interface SqlPage {
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly SqlCell[])[];
  /** Hand it to `page` for the rows after these. */
  readonly next?: string;
}

export interface SqlColumn {
  readonly name: string;
  /** Trino's, in lower case: `varchar`, `bigint`, `timestamp(3)`. */
  readonly type: string;
}

/**
 * Both engines give the same: whole numbers up to 2^53 and floating-point ones as numbers, greater ones and decimals as
 * text, as is what JSON has no number for (`NaN`), timestamps as ISO 8601 in UTC with a `Z` (`2026-11-21T22:33:44.123Z`).
 * Lists, maps and rows are text of the engine's own form: a query casts them to JSON for the same of both.
 */
export type SqlCell = string | number | boolean | null;
