import type { AskingSettings } from '../../../src/logs/asking/asking-settings.ts';
import { DirectLogsApi } from '../../../src/logs/asking/direct-logs-api.ts';
import { type QueryBook, storedQueryBook } from '../../../src/logs/asking/query-book.ts';
import { logView } from '../../../src/logs/catalog/table-definitions.ts';
import { defaultSettings } from '../../../src/logs/catalog/table-settings.ts';
import { newTableState, tableStateKey } from '../../../src/logs/catalog/table-state.ts';
import type { RunTimes } from '../../../src/logs/logs-ports.ts';
import { FolderCatalog } from '../../../src/platform/local/folder-catalog.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import type { SqlEngine, SqlPage, SqlRequest, SqlStatus } from '../../../src/platform/ports/sql-engine.ts';
import { writeJson } from '../../../src/store/stored-json.ts';

/** What a query's status is, look by look; the last one stays. */
export type Script = readonly (SqlStatus | undefined)[];

/** An engine that keeps what it was asked, and plays a script for each query, by their order. */
export class ScriptedSql implements SqlEngine {
  readonly started: SqlRequest[] = [];
  readonly cancelled: string[] = [];
  readonly #scripts: readonly Script[];
  readonly #looks = new Map<string, number>();
  pageOf: (queryId: string, after?: string) => SqlPage = () => ({
    columns: [{ name: 'log', type: 'varchar' }],
    rows: [['a line']],
  });

  constructor(scripts: readonly Script[]) {
    this.#scripts = scripts;
  }

  async start(request: SqlRequest): Promise<string> {
    const nth = this.started.findIndex(({ token }) => token === request.token);
    if (nth >= 0) return `engine-${nth}`;
    this.started.push(request);
    return `engine-${this.started.length - 1}`;
  }

  async status(queryId: string): Promise<SqlStatus | undefined> {
    const script = this.#scripts[Number(queryId.replace('engine-', ''))] ?? [];
    const look = this.#looks.get(queryId) ?? 0;
    this.#looks.set(queryId, look + 1);
    return script[Math.min(look, script.length - 1)];
  }

  async page(queryId: string, after?: string): Promise<SqlPage> {
    return this.pageOf(queryId, after);
  }

  async cancel(queryId: string): Promise<void> {
    this.cancelled.push(queryId);
  }
}

export const succeeded = (scannedBytes = 1000): SqlStatus => ({
  kind: 'succeeded',
  scannedBytes,
  isReused: false,
  millis: 20,
});

export const running = (scannedBytes = 0): SqlStatus => ({ kind: 'running', scannedBytes });

export const nowMillis = Date.UTC(2026, 10, 21, 22, 30);

/** An API over a scripted engine, with tables of the shop; time passes by sleeping alone. */
export const aScriptedApi = async (
  scripts: readonly Script[],
  settings: Partial<AskingSettings> = {},
  runTimes: RunTimes = async () => undefined,
) => {
  let now = nowMillis;
  const time = {
    nowMillis: () => now,
    sleep: async (millis: number) => {
      now += millis;
    },
  };
  const store = new MemoryStore({ time });
  const catalog = new FolderCatalog(new MemoryStore({ time }));
  const sql = new ScriptedSql(scripts);
  const { root } = store;
  for (const container of ['app', 'web']) {
    const state = newTableState(`shop_${container}`, 'shop', container);
    const live = [{ day: '2026-11-20', generation: 1, rawBytes: 5000, bytes: 1000 }];
    await writeJson(store, tableStateKey(state.table), container === 'web' ? { ...state, live } : state);
    const name = { family: 'shop', container };
    await catalog.create(
      logView(
        { name, table: state.table, root },
        defaultSettings,
        container === 'web' ? { ...state, live } : state,
      ),
    );
  }
  const book: QueryBook = storedQueryBook(store);
  const ports = { store, listing: store, catalog, sql, time, runTimes };
  const updateCatalog = () => Promise.reject(new Error('no update was expected'));
  const api = new DirectLogsApi(ports, { usdPerTerabyte: 5, book, updateCatalog, ...settings });
  return { api, ports, sql, store, time, catalog };
};
