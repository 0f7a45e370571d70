import { catalogUpdateOf } from '../../logs/asking/catalog-update.ts';
import { DirectLogsApi } from '../../logs/asking/direct-logs-api.ts';
import { memoryQueryBook } from '../../logs/asking/query-book.ts';
import { reconcileTables } from '../../logs/catalog/reconcile-tables.ts';
import { defaultSettings, foreverDays } from '../../logs/catalog/table-settings.ts';
import { updatePartitions } from '../../logs/catalog/update-partitions.ts';
import type { AskingPorts, CatalogPorts, RunTimes } from '../../logs/logs-ports.ts';
import { salvageObject } from '../../logs/salvage/salvage-object.ts';
import { FolderCatalog } from './folder-catalog.ts';
import type { FolderStore } from './folder-store.ts';
import { DuckDbSql } from './sql/duck-db-sql.ts';

export interface LocalLogsOptions {
  readonly store: FolderStore;
  readonly runTimes: RunTimes;
  /** What is older than its retention by this clock is deleted when the catalog is brought up to date, not when it is asked. */
  readonly nowMillis?: () => number;
}

export interface LocalLogs {
  readonly ports: AskingPorts & CatalogPorts & { readonly sql: DuckDbSql };
  readonly api: DirectLogsApi;
  /** Stops what runs. Results are gone. */
  close(): Promise<void>;
}

/**
 * This machine's composition root for logs: a folder, a catalog in it, and DuckDB, which is loaded at the first question.
 * Nothing runs daily here, so what a question is about is brought up to date right before it.
 */
export const localLogs = ({ store, runTimes, nowMillis = Date.now }: LocalLogsOptions): LocalLogs => {
  const catalog = new FolderCatalog(store);
  const sql = new DuckDbSql({ catalog, listing: store });
  const ports = {
    store,
    listing: store,
    catalog,
    sql,
    runTimes,
    time: {
      nowMillis,
      sleep: (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis)),
    },
    random: () => Math.random(),
    // Logs of a year ago are often why somebody has them here.
    defaults: { ...defaultSettings, retentionDays: foreverDays },
  };
  const api = new DirectLogsApi(ports, {
    usdPerTerabyte: 0,
    book: memoryQueryBook(),
    async updateCatalog() {
      const { report } = await updatePartitions(ports, { isThorough: true }, Number.POSITIVE_INFINITY);
      return catalogUpdateOf(report);
    },
    async prepare(touched) {
      await reconcileTables(ports, touched.kind === 'sql' ? { tables: touched.names } : wanted(touched));
    },
    async salvage(key) {
      const { kind } = await salvageObject(ports, key);
      return kind === 'salvaged' || kind === 'missing';
    },
  });
  return { ports, api, close: () => sql.close() };
};

const wanted = ({ family, container }: { readonly family: string; readonly container?: string }) =>
  container === undefined ? { families: [family] } : { containers: [{ family, container }] };
