import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { AskingSettings } from '../../../src/logs/asking/asking-settings.ts';
import { catalogUpdateOf } from '../../../src/logs/asking/catalog-update.ts';
import { DirectLogsApi } from '../../../src/logs/asking/direct-logs-api.ts';
import { memoryQueryBook } from '../../../src/logs/asking/query-book.ts';
import { updatePartitions } from '../../../src/logs/catalog/update-partitions.ts';
import type { AskingPorts, CatalogPorts } from '../../../src/logs/logs-ports.ts';
import { FolderCatalog } from '../../../src/platform/local/folder-catalog.ts';
import { FolderStore } from '../../../src/platform/local/folder-store.ts';
import { DuckDbSql } from '../../../src/platform/local/sql/duck-db-sql.ts';
import type { LogsApi } from '../../../src/platform/ports/logs-api.ts';
import type { SqlCell, SqlColumn } from '../../../src/platform/ports/sql-engine.ts';

/** Logs of a folder that can be asked: its own catalog, and DuckDB. */
export interface AskingFolder {
  readonly api: DirectLogsApi;
  readonly store: FolderStore;
  readonly ports: AskingPorts & CatalogPorts & { readonly sql: DuckDbSql };
  /** An object of gzip lines. */
  put(key: string, lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export const openAskingFolder = async (settings: Partial<AskingSettings> = {}): Promise<AskingFolder> => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-asking-'));
  const store = new FolderStore(folder);
  const catalog = new FolderCatalog(store);
  const sql = new DuckDbSql({ catalog, listing: store, threads: 2, memoryLimit: '500MB' });
  const ports = {
    store,
    listing: store,
    catalog,
    sql,
    time: { nowMillis: Date.now, sleep: (millis: number) => sleep(millis) },
    random: Math.random,
    // Samples are of any year.
    defaults: { mode: 'registered' as const, retentionDays: 36_500, compact: true },
    runTimes: async () => undefined,
  };
  const api = new DirectLogsApi(ports, {
    usdPerTerabyte: 0,
    book: memoryQueryBook(),
    updateCatalog: async () => catalogUpdateOf((await updatePartitions(ports, {}, 60_000)).report),
    ...settings,
  });
  return {
    api,
    store,
    ports,
    async put(key, lines) {
      await store.put(key, gzipSync(lines.map((line) => `${line}\n`).join('')));
    },
    async close() {
      await sql.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export interface Answered {
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly SqlCell[])[];
  readonly scannedBytes: number;
}

/** All pages of a query that must succeed. */
export const answerOf = async (api: LogsApi, queryId: string): Promise<Answered> => {
  const rows: (readonly SqlCell[])[] = [];
  let after: string | undefined;
  for (;;) {
    const answer = await api.look(queryId, after);
    if (answer.kind === 'running') continue;
    if (answer.kind !== 'succeeded') throw new Error(JSON.stringify(answer));
    rows.push(...answer.rows);
    after = answer.next;
    if (after === undefined) return { columns: answer.columns, rows, scannedBytes: answer.scannedBytes };
  }
};

/** The rows of a SELECT that must succeed. */
export const selected = async (api: LogsApi, sql: string): Promise<readonly (readonly SqlCell[])[]> =>
  (await answerOf(api, (await api.select({ sql })).queryId)).rows;
