import { afterEach, describe, expect, it } from 'vitest';
import { DuckDbSql } from '../../../../src/platform/local/sql/duck-db-sql.ts';
import { catalogMark } from '../../../../src/platform/ports/log-catalog.ts';
import { describeSqlEngineContract } from '../../../contract/sql-engine.contract.ts';
import {
  ask,
  dayFolder,
  ended,
  gzipped,
  linesTable,
  openSqlFolder,
  putDays,
  rowsOf,
  type SqlFolder,
} from './sql-folder.ts';

describeSqlEngineContract('DuckDB', async () => {
  const { sql, close } = await openSqlFolder();
  return {
    engine: sql,
    prepare: async () => undefined,
    numbers: (count) => `SELECT n FROM (SELECT unnest(generate_series(1, ${count})) AS n) ORDER BY n`,
    slow: 'SELECT count(*) FROM range(100000000) AS a(x), range(100000) AS b(y) WHERE x * y % 7 = 1',
    pause: (millis) => new Promise((resolve) => setTimeout(resolve, millis)),
    close,
  };
});

const opened: SqlFolder[] = [];
const fresh = async (...options: Parameters<typeof openSqlFolder>): Promise<SqlFolder> => {
  const made = await openSqlFolder(...options);
  opened.push(made);
  return made;
};
afterEach(async () => {
  for (const made of opened.splice(0)) await made.close();
});

const size = async ({ store }: SqlFolder, key: string): Promise<number> => {
  const got = await store.get(key);
  return got.kind === 'found' ? got.body.length : Number.NaN;
};

describe('what is read', () => {
  it('reads the bytes of the days that a predicate names, and of no other', async () => {
    const folder = await fresh();
    const lines = (of: number) => Array.from({ length: 200 * of }, (_, n) => `${n} ${Math.sin(n + of)}\n`);
    await putDays(folder, { 4: gzipped(...lines(4)), 5: gzipped(...lines(5)), 16: gzipped(...lines(16)) });
    const bytes = await size(folder, `logs/shop/app/${dayFolder(5)}000000-a.gz`);
    for (const where of [
      'year = 2026 AND month = 11 AND day = 5',
      '"year" = 2026 AND "month" = 11 AND "day" IN (5, 6)',
      '(year = 2026 AND month = 10 AND day IN (30, 31)) OR (year = 2026 AND month = 11 AND day IN (5))',
      '"$path" LIKE \'%/day=05/%\'',
    ]) {
      const { rows, status } = await ask(folder.sql, `SELECT count(*) FROM shop_app_raw WHERE ${where}`);
      expect(rows).toEqual([[1_000]]);
      expect(status).toMatchObject({ kind: 'succeeded', scannedBytes: bytes });
    }
    const { status } = await ask(folder.sql, 'SELECT count(*) FROM shop_app_raw');
    expect(status.scannedBytes).toBeGreaterThan(2 * bytes);
  });

  it('takes values of partitions from the catalog, wherever they are and whatever their folders say', async () => {
    const folder = await fresh({}, "stormdrain it's [a] *?{1} ö year=1-");
    await putDays(folder, { 5: gzipped('five\n') });
    const table = linesTable(folder.root);
    await folder.store.put('elsewhere/day=7/x.gz', gzipped('six\n'));
    await folder.store.put(`logs/shop/app/${dayFolder(9)}x.gz`, gzipped('nobody registered it\n'));
    await folder.catalog.createPartitions(table, [
      { values: ['2026', '11', '6'], location: `${folder.root}elsewhere/day=7/` },
      { values: ['2026', '11', '8'], location: `${folder.root}logs/shop/app/${dayFolder(8)}` },
    ]);
    const { rows, status } = await ask(
      folder.sql,
      'SELECT line, year, month, day FROM shop_app_raw WHERE day = 6',
    );
    expect(rows).toEqual([['six', 2026, 11, 6]]);
    expect(status).toMatchObject({ scannedBytes: await size(folder, 'elsewhere/day=7/x.gz') });
    expect(await rowsOf(folder.sql, 'SELECT day, line, "$path" FROM shop_app_raw ORDER BY day')).toEqual([
      [5, 'five', `${folder.root}logs/shop/app/${dayFolder(5)}000000-a.gz`],
      [6, 'six', `${folder.root}elsewhere/day=7/x.gz`],
    ]);
  });

  it('has text partitions, in folders of another name', async () => {
    const { store, catalog, sql, root } = await fresh();
    const table = linesTable(root, {
      name: 'log_keys_raw',
      location: `${root}tables/log_keys/`,
      partitionColumns: [
        { name: 'table_name', type: 'string' },
        { name: 'generation', type: 'int' },
      ],
    });
    await catalog.create(table);
    for (const [name, generation] of [
      ['shop_app', 7],
      ['shop_app', 8],
      ['it_s', 7],
    ] as const) {
      const key = `tables/log_keys/table=${name}/generation=00000${generation}/`;
      await store.put(`${key}keys.json.gz`, gzipped(`${name} ${generation}\n`));
      await catalog.createPartitions(table, [
        { values: [name, String(generation)], location: `${root}${key}` },
      ]);
    }
    expect(
      await rowsOf(
        sql,
        `SELECT line, "generation" FROM log_keys_raw WHERE "table_name" = 'shop_app' AND "generation" IN (7)`,
      ),
    ).toEqual([['shop_app 7', 7]]);
  });

  it('has the days of a projected table without any that is registered', async () => {
    const { store, catalog, sql, root } = await fresh();
    const location = `${root}logs/shop/app/`;
    const template = `${location}\${year}/\${month}-\${day}/`;
    await catalog.create(
      linesTable(root, {
        parameters: {
          [catalogMark]: '1',
          'projection.enabled': 'true',
          'storage.location.template': template,
        },
      }),
    );
    await store.put('logs/shop/app/2026/11-05/a.gz', gzipped('five\n'));
    await store.put('logs/shop/app/2026/readme.gz', gzipped('not a day\n'));
    expect(await rowsOf(sql, 'SELECT line, year, month, day FROM shop_app_raw')).toEqual([
      ['five', 2026, 11, 5],
    ]);
  });

  it('has no rows of a table without objects, and leaves out what Athena leaves out', async () => {
    const folder = await fresh();
    await putDays(folder, { 5: gzipped('seen\n') });
    for (const name of ['_hidden.gz', '.hidden.gz'])
      await folder.store.put(`logs/shop/app/${dayFolder(5)}${name}`, gzipped('not seen\n'));
    await folder.store.put(`logs/shop/app/${dayFolder(5)}empty.gz`, new Uint8Array());
    await folder.catalog.create(
      linesTable(folder.root, { name: 'nothing', location: `${folder.root}nothing/` }),
    );
    expect(await rowsOf(folder.sql, 'SELECT line FROM shop_app_raw')).toEqual([['seen']]);
    expect(await rowsOf(folder.sql, 'SELECT line, day, "$path" FROM nothing WHERE year = 2026')).toEqual([]);
  });

  it('opens views of the catalog, and views of those', async () => {
    const folder = await fresh();
    await putDays(folder, { 5: gzipped('{"a":"x"}\n', 'no json\n') });
    const view = (name: string, sql: string) =>
      folder.catalog.create({ kind: 'view', name, sql, columns: [], parameters: { [catalogMark]: '1' } });
    await view('inner_view', `SELECT json_extract_scalar(line, '$.a') AS a, day FROM "shop_app_raw"`);
    await view('outer_view', `SELECT a FROM "inner_view" WHERE day = 5`);
    expect(
      await rowsOf(folder.sql, 'WITH o AS (SELECT a FROM Outer_View) SELECT a FROM o ORDER BY a'),
    ).toEqual([['x'], [null]]);
  });
});

describe('lines as they come', () => {
  const lineCases: readonly (readonly [string, Uint8Array, readonly string[]])[] = [
    [
      'separators and quotes',
      gzipped('a\x01b\x01c\n', '"x" \'y\' \\ \\" ,;|\t\n', '\\N\n', 'NULL\n'),
      ['a\x01b\x01c', '"x" \'y\' \\ \\" ,;|\t', '\\N', 'NULL'],
    ],
    ['an empty line, a NUL, and no newline at the end', gzipped('a\n\nb\0c'), ['a', '', 'b\0c']],
    ['the ends of lines that Athena knows', gzipped('a\r\nb\r\n'), ['a', 'b']],
    ['several gzip members', Buffer.concat([gzipped('a\n'), gzipped('b\n')]), ['a', 'b']],
    [
      'bytes that are not UTF-8',
      gzipped('a\n', new Uint8Array([0x62, 0xff, 0x62]), '\nü😀\n'),
      ['a', 'b\ufffdb', 'ü😀'],
    ],
    ['a line of 1 MB', gzipped('a\n', 'x'.repeat(1_000_000), '\nb\n'), ['a', 'x'.repeat(1_000_000), 'b']],
    ['a line of 20 MB', gzipped('a\n', 'x'.repeat(20_000_000), '\nb\n'), ['a', 'x'.repeat(20_000_000), 'b']],
  ];
  it('reads each line of each object, once', async () => {
    const folder = await fresh();
    await putDays(folder, Object.fromEntries(lineCases.map(([, body], n) => [n + 1, body])));
    const read = await rowsOf(folder.sql, 'SELECT day, line FROM shop_app_raw');
    for (const [n, [name, , lines]] of lineCases.entries()) {
      const ofDay = read.filter(([day]) => day === n + 1).map(([, line]) => line);
      expect(ofDay, name).toEqual(lines);
    }
    expect(read).toHaveLength(lineCases.flatMap(([, , lines]) => lines).length);
  });

  it('reads gzip that ends early, within a letter, as far as it goes', async () => {
    const folder = await fresh();
    const whole = gzipped(
      ...Array.from({ length: 3_000 }, (_, n) => `ü${'€'.repeat(n % 7)} ${Math.sin(n)}\n`),
    );
    await putDays(folder, { 5: whole.subarray(0, whole.length >> 1), 6: gzipped('whole\n') });
    const [[count] = []] = await rowsOf(folder.sql, "SELECT count(*) FROM shop_app_raw WHERE line LIKE 'ü%'");
    expect(count).toBeGreaterThan(1_000);
    expect(await rowsOf(folder.sql, "SELECT line FROM shop_app_raw WHERE line = 'whole'")).toEqual([
      ['whole'],
    ]);
  });

  it('reads gzip that was filled up with zeros', async () => {
    const folder = await fresh();
    await putDays(folder, { 5: Buffer.concat([gzipped('a\n'), new Uint8Array(9)]), 6: gzipped('b\n') });
    const read = await rowsOf(folder.sql, 'SELECT line FROM shop_app_raw ORDER BY line');
    expect(read).toEqual([['a'], ['b']]);
  });

  const damaged = Uint8Array.from(gzipped(...Array.from({ length: 100 }, (_, n) => `${Math.sin(n)}\n`)));
  damaged.fill(255, 20, 60);
  it.each([
    ['is damaged', damaged],
    ['has something else behind it', Buffer.concat([gzipped('a\n'), new TextEncoder().encode('else')])],
  ])('names the object whose gzip %s, which DuckDB does not', async (_, body) => {
    const folder = await fresh();
    await putDays(folder, { 5: gzipped('a\n'), 6: body });
    const { status } = await ask(folder.sql, 'SELECT count(*) FROM shop_app_raw');
    const object = `${folder.root}logs/shop/app/${dayFolder(6)}000000-a.gz`;
    expect(status).toMatchObject({ kind: 'failed', cause: 'object', object });
  });

  it('names the object that is no gzip at all', async () => {
    const folder = await fresh();
    await putDays(folder, { 5: new TextEncoder().encode('plain text\n'), 6: gzipped('fine\n') });
    const { status } = await ask(folder.sql, 'SELECT count(*) FROM shop_app_raw');
    const object = `${folder.root}logs/shop/app/${dayFolder(5)}000000-a.gz`;
    expect(status).toMatchObject({ kind: 'failed', cause: 'object', object });
    expect(await rowsOf(folder.sql, 'SELECT line FROM shop_app_raw WHERE day = 6')).toEqual([['fine']]);
  });
});

describe('what a query may not', () => {
  it('refuses all but one SELECT of tables, before anything is started', async () => {
    const { sql, store } = await fresh();
    await store.put('secret.txt', new TextEncoder().encode('secret'));
    for (const text of [
      'DELETE FROM a',
      'CREATE TABLE a (b integer)',
      'DROP TABLE a',
      'INSERT INTO a VALUES (1)',
      "COPY (SELECT 1) TO '/tmp/x.csv'",
      "ATTACH '/tmp/x.db'",
      'INSTALL httpfs',
      'LOAD httpfs',
      'PRAGMA enable_profiling',
      'SET threads = 1',
      'RESET threads',
      'USE memory',
      'CALL pragma_version()',
      'CHECKPOINT',
      "EXPORT DATABASE '/tmp/x'",
      'EXPLAIN SELECT 1',
      'SHOW TABLES',
      'DESCRIBE a',
      'SUMMARIZE SELECT 1',
      'SELECT 1; SELECT 2',
      'SELECT 1; DROP TABLE a',
      "SELECT * FROM read_csv('/etc/passwd')",
      `SELECT * FROM read_text('${store.root.replaceAll("'", "''")}secret.txt')`,
      "SELECT * FROM glob('/etc/*')",
      "SELECT * FROM sniff_csv('/etc/passwd')",
      'SELECT * FROM duckdb_settings()',
      "SELECT * FROM query('SELECT 1')",
      "SELECT 1 WHERE 1 IN (SELECT count(*) FROM read_blob('/etc/passwd'))",
      "WITH a AS (SELECT * FROM read_parquet('/x')) SELECT * FROM a",
    ])
      await expect(
        sql.start({ sql: text, parameters: [], reuseMinutes: 0, token: crypto.randomUUID() }),
        text,
      ).rejects.toMatchObject({ name: 'QueryInvalid' });
  });

  it('finds no file under the name of a table', async () => {
    const { sql, store } = await fresh();
    await store.put('secret.csv', new TextEncoder().encode('a\nsecret\n'));
    for (const text of [
      "SELECT * FROM '/etc/passwd'",
      `SELECT * FROM '${store.root.replaceAll("'", "''")}secret.csv'`,
      'SELECT * FROM "/etc/passwd"',
    ]) {
      const { status } = await ask(sql, text);
      expect(status, text).toMatchObject({ kind: 'failed', cause: 'query' });
    }
  });

  it('says where a text is wrong', async () => {
    const { sql } = await fresh();
    expect((await ask(sql, 'SELECT 1 +\n  FRM x')).status).toMatchObject({
      kind: 'failed',
      cause: 'query',
      message: expect.stringContaining('LINE 2'),
    });
    expect((await ask(sql, 'SELECT ? + 1')).status).toMatchObject({
      kind: 'failed',
      cause: 'query',
      message: expect.stringContaining('1 places'),
    });
    expect((await ask(sql, "SELECT CAST('x' AS integer)")).status).toMatchObject({
      kind: 'failed',
      cause: 'query',
    });
  });

  it('says what to install where DuckDB is missing', async () => {
    const sql = new DuckDbSql({
      catalog: { entry: async () => undefined, partitions: async function* () {} },
      listing: (await fresh()).store,
      load: () => Promise.reject(new Error('Cannot find package')),
    });
    await expect(
      sql.start({ sql: 'SELECT 1', parameters: [], reuseMinutes: 0, token: crypto.randomUUID() }),
    ).rejects.toMatchObject({
      name: 'SqlRefused',
      message: expect.stringContaining('npm install @duckdb/node-api@'),
    });
  });
});

describe('results', () => {
  it('gives a page again, and pages in any order', async () => {
    const { sql } = await fresh();
    const queryId = await sql.start({
      sql: 'SELECT x FROM range(2500) AS t(x) ORDER BY x DESC',
      parameters: [],
      reuseMinutes: 0,
      token: crypto.randomUUID(),
    });
    await ended(sql, queryId);
    const first = await sql.page(queryId);
    const second = await sql.page(queryId, first.next);
    const third = await sql.page(queryId, second.next);
    expect([first, second, third].map(({ rows }) => rows[0])).toEqual([[2499], [1499], [499]]);
    expect(third.next).toBeUndefined();
    expect(await sql.page(queryId)).toEqual(first);
  });

  it('keeps the newest results, and the status of all', async () => {
    const { sql } = await fresh();
    const ids: string[] = [];
    for (let n = 0; n < 18; n++) {
      ids.push(
        await sql.start({
          sql: `SELECT ${n} AS n`,
          parameters: [],
          reuseMinutes: 0,
          token: crypto.randomUUID(),
        }),
      );
      await ended(sql, ids[n] ?? '');
    }
    await expect(sql.page(ids[0] ?? '')).rejects.toMatchObject({ name: 'QueryNotFound' });
    expect(await sql.status(ids[0] ?? '')).toMatchObject({ kind: 'succeeded' });
    expect((await sql.page(ids[17] ?? '')).rows).toEqual([[17]]);
  });

  it('shows lists, maps, rows and instants, and two columns of one name', async () => {
    const { sql } = await fresh();
    const queryId = await sql.start({
      sql: `SELECT ARRAY[1, 2] AS a, map(ARRAY['k'], ARRAY[1]) AS a, CAST(ROW(1, 'x') AS ROW(p integer, q varchar)) AS r, from_iso8601_timestamp('2026-11-21T22:33:44.123987Z') AS t, sum(n) AS s, date_trunc('hour', CAST('2026-11-21 22:33:44.123' AS timestamp(3))) AS h FROM (VALUES (1), (2)) AS v(n)`,
      parameters: [],
      reuseMinutes: 0,
      token: crypto.randomUUID(),
    });
    await ended(sql, queryId);
    const { columns, rows } = await sql.page(queryId);
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'a array',
      'a map',
      'r row',
      't timestamp(3) with time zone',
      's bigint',
      'h timestamp(3)',
    ]);
    expect(rows).toEqual([
      ['[1,2]', '{"k":1}', '{"p":1,"q":"x"}', '2026-11-21T22:33:44.123Z', 3, '2026-11-21T22:00:00.000Z'],
    ]);
  });

  it('has many queries at once', async () => {
    const { sql } = await fresh();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => rowsOf(sql, 'SELECT CAST(? AS integer) * 2 AS n', [n])),
    );
    expect(answers).toEqual(Array.from({ length: 8 }, (_, n) => [[2 * n]]));
  });
});
