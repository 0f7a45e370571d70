import type { LogCatalog } from '../platform/ports/log-catalog.ts';
import type { ObjectListing } from '../platform/ports/object-listing.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { PacedTime } from '../platform/ports/paced-time.ts';
import type { SqlEngine } from '../platform/ports/sql-engine.ts';
import type { TableSettings } from './catalog/table-settings.ts';

/** What keeps the catalog right. */
export interface CatalogPorts {
  readonly store: ObjectStore;
  readonly listing: ObjectListing;
  readonly catalog: LogCatalog;
  readonly time: PacedTime;
  readonly random: () => number;
  /** Of tables that `config/logs.yml` says nothing about. */
  readonly defaults: TableSettings;
}

/** What answers questions. */
export interface AskingPorts extends Pick<CatalogPorts, 'store' | 'listing' | 'catalog' | 'time'> {
  readonly sql: SqlEngine;
  readonly runTimes: RunTimes;
}

/** When a run was; `untilMillis` of one that goes on is now. Undefined when there is no such run, or it never started. */
export type RunTimes = (
  runId: string,
) => Promise<{ readonly sinceMillis: number; readonly untilMillis: number } | undefined>;
