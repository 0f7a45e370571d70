import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUnload } from '../../../../src/platform/local/sql/unload.ts';
import { catalogMark } from '../../../../src/platform/ports/log-catalog.ts';
import { ask, dayFolder, gzipped, openSqlFolder, putDays, rowsOf, type SqlFolder } from './sql-folder.ts';

const unload = (select: string, target: string): string =>
  `UNLOAD (${select}) TO '${target.replaceAll("'", "''")}' WITH (format = 'PARQUET', compression = 'ZSTD', compression_level = 9)`;

const timed = `SELECT CAST(from_iso8601_timestamp(json_extract_scalar(line, '$.time')) AT TIME ZONE 'UTC' AS timestamp(3)) AS "time", json_extract_scalar(line, '$.log') AS "log" FROM "shop_app_raw" WHERE "day" = 5 ORDER BY "time"`;

describe('unload', () => {
  let folder: SqlFolder;
  beforeAll(async () => {
    folder = await openSqlFolder();
    const record = (second: number) =>
      `{"time":"2026-11-05T00:00:0${second}.123456Z","log":"it's ${second}"}\n`;
    await putDays(folder, { 5: gzipped(record(3), record(1), record(2)) });
    const { catalog, root } = folder;
    await catalog.create({
      kind: 'table',
      name: 'shop_app_compacted',
      format: 'parquet',
      location: `${root}compacted/shop/app/`,
      columns: [
        { name: 'time', type: 'timestamp' },
        { name: 'log', type: 'string' },
      ],
      partitionColumns: ['year', 'month', 'day', 'generation'].map((name) => ({ name, type: 'int' })),
      parameters: { [catalogMark]: '1' },
    });
  });
  afterAll(() => folder.close());

  const prefix = (generation: number): string =>
    `${folder.root}compacted/shop/app/${dayFolder(5)}generation=00000${generation}/`;
  const register = async (generation: number): Promise<void> => {
    const table = await folder.catalog.entry('shop_app_compacted');
    if (table?.kind !== 'table') throw new RangeError();
    const partition = {
      values: ['2026', '11', '5', String(generation)],
      location: prefix(generation),
    };
    expect(await folder.catalog.createPartitions(table, [partition])).toEqual([]);
  };

  it('writes what a SELECT gives as Parquet, in its order, to be read by generation', async () => {
    await folder.sql.unload(unload(timed, prefix(1)));
    await folder.sql.unload(unload(`${timed} LIMIT 1`, prefix(2)));
    await register(1);
    await register(2);
    const of = (generation: string) =>
      ask(
        folder.sql,
        `SELECT time, log, "generation" FROM shop_app_compacted WHERE year = 2026 AND ${generation}`,
      );
    const first = await of('"generation" IN (1)');
    expect(first.rows).toEqual([
      ['2026-11-05T00:00:01.123Z', "it's 1", 1],
      ['2026-11-05T00:00:02.123Z', "it's 2", 1],
      ['2026-11-05T00:00:03.123Z', "it's 3", 1],
    ]);
    const second = await of('"generation" BETWEEN 2 AND 9');
    expect(second.rows).toEqual([['2026-11-05T00:00:01.123Z', "it's 1", 2]]);
    const both = await of('"generation" > 0');
    expect(both.rows).toHaveLength(4);
    expect(both.status.scannedBytes).toBe(first.status.scannedBytes + second.status.scannedBytes);
  });

  it('leaves a prefix alone that has something in it', async () => {
    await folder.store.put(`compacted/shop/app/${dayFolder(5)}generation=000005/x`, new Uint8Array([1]));
    await expect(folder.sql.unload(unload(timed, prefix(5)))).rejects.toMatchObject({
      name: 'QueryInvalid',
      message: expect.stringContaining('generation=000005/x'),
    });
  });

  it('leaves nothing behind when it fails, and names what it could not read', async () => {
    await folder.store.put(`logs/shop/app/${dayFolder(5)}bad.gz`, new TextEncoder().encode('no gzip\n'));
    await expect(folder.sql.unload(unload(timed, prefix(6)))).rejects.toMatchObject({
      name: 'SqlRefused',
      message: expect.stringContaining(`${dayFolder(5)}bad.gz`),
    });
    await folder.store.delete(`logs/shop/app/${dayFolder(5)}bad.gz`);
    expect(await Array.fromAsync(folder.store.list(prefix(6).slice(folder.root.length)))).toEqual([]);
  });

  it('names Parquet that can not be read', async () => {
    await folder.store.put(`compacted/shop/app/${dayFolder(5)}generation=000007/x`, gzipped('no parquet'));
    await register(7);
    const { status } = await ask(
      folder.sql,
      'SELECT count(*) FROM shop_app_compacted WHERE "generation" = 7 AND year = 2026',
    );
    expect(status).toMatchObject({ kind: 'failed', cause: 'object', object: `${prefix(7)}x` });
  });

  it('writes nowhere but into the store, and carries out nothing else', async () => {
    for (const target of [
      '/tmp/elsewhere/',
      `${folder.root}../elsewhere/`,
      `${folder.root}compacted`,
      `${folder.root}a/./b/`,
    ])
      await expect(folder.sql.unload(unload('SELECT 1 AS a', target))).rejects.toMatchObject({
        name: 'QueryInvalid',
      });
    for (const sql of [
      'SELECT 1',
      unload('DELETE FROM a', prefix(8)),
      unload('SELECT 1; SELECT 2', prefix(8)),
      unload("SELECT * FROM read_csv('/etc/passwd')", prefix(8)),
      `${unload('SELECT 1 AS a', prefix(8))}; DROP TABLE a`,
    ])
      await expect(folder.sql.unload(sql), sql).rejects.toMatchObject({ name: 'QueryInvalid' });
    await expect(
      folder.sql.unload(unload("SELECT 1 AS a) TO '/tmp/x.csv' --", prefix(8))),
    ).rejects.toMatchObject({ name: 'SqlRefused' });
    expect(await rowsOf(folder.sql, 'SELECT 1 AS a')).toEqual([[1]]);
  });
});

it('takes an UNLOAD apart as it was put together', () => {
  expect(parseUnload(unload("SELECT ')' AS a", "/it's/"))).toEqual({
    select: "SELECT ')' AS a",
    target: "/it's/",
    level: 9,
  });
});
