import { describe, expect, it } from 'vitest';
import type { AskingSettings } from '../../../src/logs/asking/asking-settings.ts';
import { DirectLogsApi } from '../../../src/logs/asking/direct-logs-api.ts';
import { storedQueriesPrefix, storedQueryBook } from '../../../src/logs/asking/query-book.ts';
import { queryUsd } from '../../../src/logs/asking/query-price.ts';
import { logView } from '../../../src/logs/catalog/table-definitions.ts';
import { defaultSettings } from '../../../src/logs/catalog/table-settings.ts';
import type { LogQuestion } from '../../../src/platform/ports/logs-api.ts';
import type { SqlStatus } from '../../../src/platform/ports/sql-engine.ts';
import { aScriptedApi, nowMillis, running, succeeded } from './scripted-sql.ts';

const aQuestion = (overrides: Partial<LogQuestion> = {}): LogQuestion => ({
  family: 'shop',
  container: 'app',
  sinceMillis: nowMillis - 7_200_000,
  untilMillis: nowMillis,
  limit: 100,
  ...overrides,
});

const failed = (cause: 'query' | 'limit' | 'object' | 'engine', object?: string): SqlStatus => ({
  kind: 'failed',
  scannedBytes: 500,
  cause,
  message: 'it went wrong',
  ...(object === undefined ? {} : { object }),
});

describe('a question about logs', () => {
  it('is asked of the tables of its containers, by their names in the catalog', async () => {
    const { api, sql } = await aScriptedApi([[succeeded()], [succeeded()]]);
    await api.ask(aQuestion());
    await api.ask({ ...aQuestion(), container: 'web', text: 'x' });
    const { container: _, ...ofFamily } = aQuestion();
    await api.ask(ofFamily);
    expect(
      sql.started.map((request) => [...request.sql.matchAll(/FROM "(\w+)"/g)].map(([, table]) => table)),
    ).toEqual([['shop_app'], ['shop_web'], ['shop_app', 'shop_web']]);
    expect(new Set(sql.started.map(({ token }) => token)).size).toBe(3);
    for (const { token } of sql.started) expect(token).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [{ family: 'shop', container: 'ap' }, 'there are no logs of shop/ap: the family has shop/app, shop/web'],
    [{ family: 'shpo' }, 'there are no logs of shpo/app: did you mean shop'],
    [{ family: 'warehouse' }, 'there are those of shop/app, shop/web'],
  ])('names what there is when there is no %o', async (overrides, why) => {
    const { api } = await aScriptedApi([]);
    await expect(api.ask(aQuestion(overrides))).rejects.toThrow(why);
    await expect(api.ask(aQuestion(overrides))).rejects.toMatchObject({ name: 'LogTableNotFound' });
  });

  it('finds a table that was made after the names were read', async () => {
    const { api, catalog, store } = await aScriptedApi([[succeeded()], [succeeded()]]);
    await api.ask(aQuestion());
    const name = { family: 'shop', container: 'new' };
    await catalog.create(logView({ name, table: 'shop_new', root: store.root }, defaultSettings));
    await expect(api.ask(aQuestion({ container: 'new' }))).resolves.toMatchObject({ warnings: [] });
  });

  it('takes no entry for a table that names what can be no container', async () => {
    const { api, catalog, store } = await aScriptedApi([]);
    const name = { family: 'a";drop', container: 'b' };
    await catalog.create(logView({ name, table: 'hostile', root: store.root }, defaultSettings));
    expect((await api.tables()).map(({ table }) => table)).toEqual(['shop_app', 'shop_web']);
  });

  it('of a run has the time that both have', async () => {
    const times = { sinceMillis: nowMillis - 60_000.5, untilMillis: nowMillis - 30_000 };
    const { api, sql } = await aScriptedApi([[succeeded()]], {}, async (runId) =>
      runId === 'r1' ? times : undefined,
    );
    await api.ask(aQuestion({ run: 'r1' }));
    expect(sql.started[0]?.parameters).toEqual(['2026-11-21 22:28:59.999', '2026-11-21 22:29:30.001']);
    await expect(api.ask(aQuestion({ run: 'r2' }))).rejects.toThrow('there is no run r2 that has started');
    await expect(api.ask(aQuestion({ run: 'r1', untilMillis: nowMillis - 3_600_000 }))).rejects.toThrow(
      'the run r1 was not in the time asked for',
    );
  });

  it('may have an older result only once its lines are all there', async () => {
    const { api, sql } = await aScriptedApi([[succeeded()], [succeeded()]]);
    await api.ask(aQuestion());
    await api.ask(aQuestion({ untilMillis: nowMillis - 3_600_001 }));
    expect(sql.started.map(({ reuseMinutes }) => reuseMinutes)).toEqual([0, 5]);
  });

  it('has what it touches brought up to date first, and says a mistake before that', async () => {
    const touched: unknown[] = [];
    const prepare: AskingSettings['prepare'] = async (each) => void touched.push(each);
    const { api } = await aScriptedApi([[succeeded()]], { prepare });
    await expect(api.ask(aQuestion({ regex: '(?=x)' }))).rejects.toThrow('look-ahead');
    await api.ask(aQuestion());
    await api.select({ sql: 'SELECT "A" FROM runs' });
    expect(touched).toEqual([
      { kind: 'logs', family: 'shop', container: 'app' },
      { kind: 'sql', names: new Set(['select', 'a', 'from', 'runs']) },
    ]);
  });
});

describe('a SELECT', () => {
  const day = 'year=2026/month=11/day=21';
  const fill = async (store: Awaited<ReturnType<typeof aScriptedApi>>['store']) => {
    await store.put(`logs/shop/app/${day}/a.gz`, new Uint8Array(3000));
    await store.put(`logs/shop/app/${day}/b.gz`, new Uint8Array(2000));
    await store.put(`logs/shop/web/${day}/a.gz`, new Uint8Array(500));
  };

  it('that reads a table whole is warned of, with how much that is', async () => {
    const { api, store } = await aScriptedApi([[succeeded()]]);
    await fill(store);
    const { warnings } = await api.select({ sql: 'SELECT * FROM shop_app a, shop_web w' });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^shop_app is read whole, 4\.88 KB: limit it by its days, as in WHERE year = 2026/,
      ),
      expect.stringMatching(/^shop_web is read whole, 1\.46 KB:/),
    ]);
  });

  it('that names its days is not', async () => {
    const { api, store } = await aScriptedApi([[succeeded()]]);
    await fill(store);
    expect((await api.select({ sql: 'SELECT * FROM shop_app WHERE year = 2026' })).warnings).toEqual([]);
  });

  it('that would scan more than it may is refused before it is started', async () => {
    const { api, store, sql } = await aScriptedApi([[succeeded()]], { maxScanBytes: 4000 });
    await fill(store);
    const text = 'SELECT * FROM shop_app';
    await expect(api.select({ sql: text })).rejects.toThrow('no more than 3.91 KB may be scanned');
    await expect(api.select({ sql: text, maxScanBytes: 10_000 })).rejects.toThrow('3.91 KB');
    await expect(api.select({ sql: text, maxScanBytes: 2500 })).rejects.toMatchObject({
      name: 'QueryInvalid',
      message: expect.stringContaining('more than 2.93 KB'),
    });
    expect(sql.started).toEqual([]);
    await api.select({ sql: 'SELECT * FROM shop_web' });
    await expect(api.select({ sql: 'SELECT * FROM shop_web, shop_app' })).rejects.toThrow(
      'shop_app is read whole',
    );
  });

  it('is run anew when that is asked for', async () => {
    const { api, sql } = await aScriptedApi([[succeeded()], [succeeded()]]);
    await api.select({ sql: 'SELECT 1;' });
    await api.select({ sql: 'SELECT 1', reuse: false });
    expect(sql.started.map(({ sql: text, reuseMinutes }) => [text, reuseMinutes])).toEqual([
      ['SELECT 1', 5],
      ['SELECT 1', 0],
    ]);
  });
});

describe('a query that was started', () => {
  it('is waited for, for a second at most', async () => {
    const { api, time } = await aScriptedApi([[running(), running(), succeeded()], [running(7)]]);
    const quick = await api.select({ sql: 'SELECT 1' });
    expect(await api.look(quick.queryId)).toMatchObject({ kind: 'succeeded', rows: [['a line']] });
    const slow = await api.select({ sql: 'SELECT 2' });
    const before = time.nowMillis();
    expect(await api.look(slow.queryId)).toEqual({ kind: 'running', scannedBytes: 7 });
    expect(time.nowMillis() - before).toBe(1000);
  });

  it('is known to whoever shares the store, and by its own id alone', async () => {
    const { api, ports, store } = await aScriptedApi([[succeeded(20 * 1024 ** 2)]]);
    const { queryId } = await api.select({ sql: 'SELECT 1' });
    const other = new DirectLogsApi(ports, {
      usdPerTerabyte: 5,
      book: storedQueryBook(store),
      updateCatalog: () => Promise.reject(new Error()),
    });
    expect(await other.look(queryId)).toMatchObject({ kind: 'succeeded', usd: queryUsd(20 * 1024 ** 2, 5) });
    for (const id of [
      'engine-0',
      '../x',
      '',
      queryId.toUpperCase(),
      'e52f3a51-1111-2222-3333-444455556666',
    ]) {
      await expect(api.look(id)).rejects.toMatchObject({ name: 'QueryNotFound' });
      await expect(api.cancel(id)).rejects.toMatchObject({ name: 'QueryNotFound' });
    }
    const keys: string[] = [];
    for await (const key of store.list(storedQueriesPrefix)) keys.push(key);
    expect(keys).toEqual([`${storedQueriesPrefix}${queryId}.json`]);
  });

  it('is ended when it has scanned more than it may, by whoever looks', async () => {
    const scanned = 20 * 1024 ** 2;
    const { api, sql } = await aScriptedApi([
      [running(scanned), { kind: 'cancelled', scannedBytes: scanned }],
    ]);
    const { queryId } = await api.select({ sql: 'SELECT 1', maxScanBytes: 10 * 1024 ** 2 });
    const expected = {
      kind: 'failed',
      message: 'the query was ended: it scanned 20.0 MB, and no more than 10.0 MB may be scanned',
      isPassing: false,
      scannedBytes: scanned,
      usd: queryUsd(scanned, 5),
    };
    expect(await api.look(queryId)).toEqual(expected);
    expect(sql.cancelled).toEqual(['engine-0']);
    expect(await api.look(queryId)).toEqual(expected);
  });

  it('can be ended, and is paid for as far as it came', async () => {
    const { api, sql } = await aScriptedApi([[{ kind: 'cancelled', scannedBytes: 100 }]]);
    const { queryId } = await api.select({ sql: 'SELECT 1' });
    await api.cancel(queryId);
    expect(sql.cancelled).toEqual(['engine-0']);
    expect(await api.look(queryId)).toEqual({ kind: 'cancelled', scannedBytes: 100, usd: queryUsd(100, 5) });
  });

  it.each([
    ['query', false, 0],
    ['limit', false, queryUsd(500, 5)],
    ['engine', true, 0],
    ['object', false, 0],
  ] as const)(
    'that failed by its %s says whether it may pass, and what it cost',
    async (cause, isPassing, usd) => {
      const { api } = await aScriptedApi([[failed(cause)]]);
      const { queryId } = await api.select({ sql: 'SELECT 1' });
      expect(await api.look(queryId)).toMatchObject({ kind: 'failed', isPassing, usd, scannedBytes: 500 });
    },
  );

  it('costs nothing when its result was at hand', async () => {
    const { api } = await aScriptedApi([[{ kind: 'succeeded', scannedBytes: 0, isReused: true, millis: 1 }]]);
    const { queryId } = await api.select({ sql: 'SELECT 1' });
    expect(await api.look(queryId)).toMatchObject({ isReused: true, usd: 0 });
  });

  it('whose results are gone is not found', async () => {
    const { api } = await aScriptedApi([[undefined]]);
    const { queryId } = await api.select({ sql: 'SELECT 1' });
    await expect(api.look(queryId)).rejects.toThrow('its results are gone: ask again');
  });
});

describe('an object that cannot be read', () => {
  it('is salvaged, and the query started again, once for each', async () => {
    const salvaged: string[] = [];
    const made = await aScriptedApi([], {});
    const { root } = made.store;
    const at = (key: string) => failed('object', `${root}${key}`);
    const { api, sql } = await aScriptedApi([[at('logs/a.gz')], [at('logs/b.gz')], [succeeded()]], {
      salvage: async (key) => salvaged.push(key) > 0,
    });
    const { queryId } = await api.ask(aQuestion({ text: 'x' }));
    expect(await api.look(queryId)).toEqual({ kind: 'running', scannedBytes: 0 });
    expect(await api.look(queryId)).toEqual({ kind: 'running', scannedBytes: 0 });
    expect(await api.look(queryId)).toMatchObject({ kind: 'succeeded' });
    expect(salvaged).toEqual(['logs/a.gz', 'logs/b.gz']);
    expect(sql.started).toHaveLength(3);
    expect(
      new Set(sql.started.map(({ sql: text, parameters }) => JSON.stringify([text, parameters]))).size,
    ).toBe(1);
  });

  it('is not tried for ever', async () => {
    const { store } = await aScriptedApi([]);
    const always = Array.from({ length: 20 }, () => [failed('object', `${store.root}logs/a.gz`)]);
    const { api, sql } = await aScriptedApi(always, { salvage: async () => true });
    const { queryId } = await api.select({ sql: 'SELECT 1' });
    let looks = 0;
    while ((await api.look(queryId)).kind === 'running') looks++;
    expect(looks).toBe(5);
    expect(sql.started).toHaveLength(6);
  });

  it('fails the query where it is not of this store, or nothing can be done', async () => {
    const { store } = await aScriptedApi([]);
    const ours = failed('object', `${store.root}logs/a.gz`);
    for (const [status, salvage] of [
      [failed('object', 's3://foreign/a.gz'), async () => true],
      [ours, async () => false],
      [failed('object'), async () => true],
    ] as const) {
      const { api } = await aScriptedApi([[status]], { salvage });
      const { queryId } = await api.select({ sql: 'SELECT 1' });
      expect(await api.look(queryId)).toMatchObject({ kind: 'failed', message: 'it went wrong' });
    }
  });
});

describe('a page that is too much for what carries it', () => {
  it('comes in parts, each row once, and a cell that alone is too much is cut', async () => {
    const { api, sql } = await aScriptedApi([[succeeded()]], { mostPageBytes: 1000 });
    const rows = [
      ...Array.from({ length: 12 }, (_, n) => [`${n} ${'x'.repeat(300)}`]),
      ['y'.repeat(200_000)],
    ];
    sql.pageOf = (_, after) =>
      after === undefined
        ? { columns: [{ name: 'log', type: 'varchar' }], rows: rows.slice(0, 7), next: '2~b' }
        : { columns: [{ name: 'log', type: 'varchar' }], rows: after === '2~b' ? rows.slice(7) : [] };
    const { queryId } = await api.select({ sql: 'SELECT 1' });
    const got: unknown[] = [];
    const sizes: number[] = [];
    let after: string | undefined;
    do {
      const answer = await api.look(queryId, after);
      if (answer.kind !== 'succeeded') throw new Error(answer.kind);
      got.push(...answer.rows.map(([log]) => String(log)));
      sizes.push(answer.rows.length);
      after = answer.next;
    } while (after !== undefined);
    expect(got.slice(0, 12)).toEqual(rows.slice(0, 12).flat());
    expect(got[12]).toBe(`${'y'.repeat(100_000)}… (cut: it has 200000 characters)`);
    expect(Math.max(...sizes)).toBe(3);
  });
});
