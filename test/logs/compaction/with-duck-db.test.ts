import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CatalogRefusedError } from '../../../src/errors.ts';
import { reconcileTables } from '../../../src/logs/catalog/reconcile-tables.ts';
import { defaultSettings } from '../../../src/logs/catalog/table-settings.ts';
import { logKey } from '../../../src/logs/layout/log-key.ts';
import type { CatalogPorts } from '../../../src/logs/logs-ports.ts';
import { FolderCatalog } from '../../../src/platform/local/folder-catalog.ts';
import { FolderStore } from '../../../src/platform/local/folder-store.ts';
import { DuckDbSql } from '../../../src/platform/local/sql/duck-db-sql.ts';
import { shop } from './support/a-world.ts';
import { toldPorts } from './support/faulty-ports.ts';
import { runMachine } from './support/run-machine.ts';

const hour = 3_600_000;

describe('compaction by DuckDB', () => {
  let home: string;
  let sql: DuckDbSql;
  let ports: CatalogPorts;
  let nowMillis: number;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'stormdrain-compaction-'));
    nowMillis = Date.parse('2026-11-21T03:30:00Z');
    const store = new FolderStore(home);
    const catalog = new FolderCatalog(store);
    ports = {
      store,
      listing: store,
      catalog,
      time: { nowMillis: () => nowMillis, sleep: async () => undefined },
      random: () => 0.5,
      defaults: defaultSettings,
    };
    sql = new DuckDbSql({ catalog, listing: store, threads: 1 });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await sql.close();
    await rm(home, { recursive: true, force: true });
  });

  let written = 0;
  const write = async (at: string, lines: readonly string[], cutBytes = 0): Promise<void> => {
    const body = gzipSync(lines.map((line) => `${line}\n`).join(''));
    await ports.store.put(
      logKey(shop, Date.parse(at), `abcdef${written++}`),
      body.subarray(0, body.length - cutBytes),
    );
  };

  const record = (time: string, log: string, more = {}): string =>
    JSON.stringify({
      time,
      log,
      source: 'stdout',
      container_id: 'c1',
      container_name: 'app',
      ecs_cluster: 'local',
      ecs_task_arn: 'arn:aws:ecs:local:000000000000:task/local/1',
      ecs_task_definition: 'shop:1',
      ...more,
    });

  const rows = async (): Promise<unknown> => {
    const queryId = await sql.start({
      sql: 'SELECT * FROM "shop_app" ORDER BY "time", "micros", "log"',
      parameters: [],
      reuseMinutes: 0,
      token: `${Math.random()}`.padEnd(40, '0'),
    });
    for (;;) {
      const status = await sql.status(queryId);
      if (status?.kind === 'succeeded') return (await sql.page(queryId)).rows;
      if (status?.kind !== 'running') throw new Error(JSON.stringify(status));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };

  it('gives the same answer before, after a crash, with late objects, and when the raw objects are gone', async () => {
    await write('2026-11-19T10:00:00Z', [
      record('2026-11-19T10:00:00.123456Z', 'GET / 200'),
      record('2026-11-19T10:00:00.123455Z', 'ERROR it\'s "odd"', { request: { id: 7 } }),
      'not a record',
      '',
      record('2026-11-20T00:00:01.000001Z', 'the next day', { ec2_instance_id: 'i-1' }),
    ]);
    await write('2026-11-19T11:00:00Z', [record('2026-11-19T11:00:00.000000Z', 'ends early')], 6);
    await write('2026-11-20T11:00:00Z', [record('2026-11-20T11:00:00.5Z', 'short time')]);
    const unload = (text: string): Promise<void> => sql.unload(text);

    await reconcileTables(ports, { containers: [shop] });
    const before = await rows();
    expect(before).toHaveLength(7);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    // The state says so already, and the view does not yet.
    const failing = toldPorts(ports, {
      before: (call) => {
        if (call.startsWith('catalog.update')) throw new CatalogRefusedError('no right to replace the view');
      },
      after: () => undefined,
    });
    expect((await runMachine(failing, unload)).entered.at(-1)).toBe('SomeFailed');
    expect(await rows()).toEqual(before);

    nowMillis += 24.1 * hour;
    await write('2026-11-19T12:00:00Z', [record('2026-11-19T12:00:00.000001Z', 'late')]);
    const withLate = await rows();
    expect(withLate).toHaveLength(8);
    for (let night = 2; night <= 4; night++) {
      expect((await runMachine(ports, unload)).error).toBeUndefined();
      expect(await rows()).toEqual(withLate);
      nowMillis += 24.1 * hour;
    }
    const left: string[] = [];
    for await (const { key } of ports.listing.objects('logs/')) left.push(key);
    expect(left).toEqual([]);
    let compacted = 0;
    for await (const _ of ports.listing.objects('compacted/')) compacted++;
    expect(compacted).toBe(2);
  });
});
