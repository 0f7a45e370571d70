import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultSettings } from '../../src/logs/catalog/table-settings.ts';
import { updatePartitions } from '../../src/logs/catalog/update-partitions.ts';
import type { CatalogPorts } from '../../src/logs/logs-ports.ts';
import { FolderCatalog } from '../../src/platform/local/folder-catalog.ts';
import { FolderStore } from '../../src/platform/local/folder-store.ts';
import { DuckDbSql } from '../../src/platform/local/sql/duck-db-sql.ts';
import type { SqlCell, SqlValue } from '../../src/platform/ports/sql-engine.ts';

/** What a query gave and took. */
export interface Asked {
  readonly rows: readonly (readonly SqlCell[])[];
  readonly scannedBytes: number;
  /** Of this process, which the engine is part of. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** A folder with its catalog and its engine, and a clock that is set. */
export class LogsWorld {
  readonly ports: CatalogPorts;
  readonly sql: DuckDbSql;
  #nowMillis: number;

  constructor(home: string, nowMillis: number) {
    const store = new FolderStore(home);
    const catalog = new FolderCatalog(store);
    this.#nowMillis = nowMillis;
    this.ports = {
      store,
      listing: store,
      catalog,
      time: { nowMillis: () => this.#nowMillis, sleep: (millis) => sleep(millis) },
      random: Math.random,
      defaults: defaultSettings,
    };
    this.sql = new DuckDbSql({ catalog, listing: store });
  }

  passHours(hours: number): void {
    this.#nowMillis += hours * 3_600_000;
  }

  async updateCatalog(): Promise<void> {
    const { report } = await updatePartitions(this.ports, {}, Number.POSITIVE_INFINITY);
    if (report.problems.length > 0) throw new Error(report.problems.join('; '));
  }

  async ask(sql: string, parameters: readonly SqlValue[]): Promise<Asked> {
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    const queryId = await this.sql.start({ sql, parameters, reuseMinutes: 0, token: randomUUID() });
    const rows: (readonly SqlCell[])[] = [];
    for (;;) {
      const status = await this.sql.status(queryId);
      if (status?.kind === 'running') {
        await sleep(20);
        continue;
      }
      if (status?.kind !== 'succeeded')
        throw new Error(`${sql}: ${status?.kind === 'failed' ? status.message : status?.kind}`);
      for (let after: string | undefined; ; ) {
        const page = await this.sql.page(queryId, after);
        rows.push(...page.rows);
        after = page.next;
        if (after === undefined) break;
      }
      const { user, system } = process.cpuUsage(cpu);
      return {
        rows,
        scannedBytes: status.scannedBytes,
        cpuSeconds: (user + system) / 1e6,
        wallSeconds: (performance.now() - wall) / 1000,
      };
    }
  }
}
