import type { SqlPage } from './sql-engine.ts';

/**
 * What the command line and the API's routes ask: this machine's folder, or a stack. Throws `QueryInvalid` for what can't be
 * asked (nothing was started), `LogTableNotFound`, `QueryNotFound`, and what the platform throws.
 */
export interface LogsApi {
  /** Starts a question about a container's logs. */
  ask(question: LogQuestion): Promise<StartedQuery>;
  /** Starts a SELECT of the caller's own. */
  select(question: SqlQuestion): Promise<StartedQuery>;
  /** How it stands; once it has succeeded, a page of its rows. Waits a moment for a query that runs. */
  look(queryId: string, after?: string): Promise<QueryAnswer>;
  cancel(queryId: string): Promise<void>;
  /** What there is to ask. */
  tables(): Promise<readonly LogTableEntry[]>;
  /** Has the catalog brought up to date: tables of new containers, partitions, views. */
  updateCatalog(): Promise<CatalogUpdate>;
}

export interface LogQuestion {
  readonly family: string;
  /** Left out: all containers of the family. */
  readonly container?: string;
  readonly sinceMillis: number;
  readonly untilMillis: number;
  /** Lines that contain it, letter by letter. */
  readonly text?: string;
  /** Lines that it matches anywhere: what Joni and RE2 have in common (no look-around, no back-references). */
  readonly regex?: string;
  /** A task's id or its ARN. */
  readonly task?: string;
  /** Only the time of that run, with what lies in `sinceMillis` and `untilMillis`. */
  readonly run?: string;
  /** The newest ones; 1 to 100,000. */
  readonly limit: number;
  /** Lines that are not records, instead of those that are. */
  readonly malformed?: boolean;
  readonly maxScanBytes?: number;
}

export interface SqlQuestion {
  readonly sql: string;
  readonly maxScanBytes?: number;
  /** False: run it anew, even where a result is at hand. */
  readonly reuse?: boolean;
}

export interface StartedQuery {
  readonly queryId: string;
  /** Said before the answer: a log table without a predicate on its days, how much would be read. */
  readonly warnings: readonly string[];
}

export type QueryAnswer =
  | { readonly kind: 'running'; readonly scannedBytes: number }
  | {
      readonly kind: 'failed';
      readonly message: string;
      /** The same question may be answered later. */
      readonly isPassing: boolean;
      readonly scannedBytes: number;
      readonly usd: number;
    }
  | { readonly kind: 'cancelled'; readonly scannedBytes: number; readonly usd: number }
  | ({
      readonly kind: 'succeeded';
      readonly scannedBytes: number;
      /** By Athena's price for what was scanned, at least 10 MB a query; 0 on this machine and for a result that was at hand. */
      readonly usd: number;
      readonly isReused: boolean;
      readonly millis: number;
    } & SqlPage);

export interface LogTableEntry {
  readonly table: string;
  readonly family: string;
  readonly container: string;
  readonly mode: 'registered' | 'projection';
  readonly retentionDays: number;
  /** Days that are Parquet. */
  readonly compactedDays: number;
}

export interface CatalogUpdate {
  /** False: it goes on by itself; look at the tables in a minute. */
  readonly isDone: boolean;
  readonly tablesMade: number;
  readonly partitionsMade: number;
  readonly partitionsRemoved: number;
  readonly problems: readonly string[];
}
