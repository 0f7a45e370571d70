import { afterAll, beforeAll, expect, it } from 'vitest';
import { trinoMacros } from '../../../../src/platform/local/sql/trino-macros.ts';
import type { SqlCell } from '../../../../src/platform/ports/sql-engine.ts';
import { openSqlFolder, rowsOf, type SqlFolder } from './sql-folder.ts';

const at = "CAST('2026-11-21 22:33:44.123' AS timestamp(3))";

/** What Trino gives (https://trino.io/docs/current/functions.html), a line for each function that is a macro here. */
const meanings: Readonly<Record<string, readonly (readonly [expression: string, cell: SqlCell])[]>> = {
  json_extract_scalar: [
    [`json_extract_scalar('{"a":"x\\"y"}', '$.a')`, 'x"y'],
    [`json_extract_scalar('{"a":{"b":1.5}}', '$.a.b')`, '1.5'],
    [`json_extract_scalar('{"a":[true]}', '$.a[0]')`, 'true'],
    [`json_extract_scalar('{"a":{"b":1}}', '$.a')`, null],
    [`json_extract_scalar('{"a":[1]}', '$.a')`, null],
    [`json_extract_scalar('{"a":null}', '$.a')`, null],
    [`json_extract_scalar('{"a":"null"}', '$.a')`, 'null'],
    [`json_extract_scalar('{"a":""}', '$.a')`, ''],
    [`json_extract_scalar('no json', '$.a')`, null],
  ],
  json_extract: [[`json_format(json_extract('{"a":{"b":1}}', '$.a'))`, '{"b":1}']],
  json_parse: [[`try(json_format(json_parse('{')))`, null]],
  json_format: [[`json_format(json_parse('[1,"a"]'))`, '[1,"a"]']],
  json_size: [[`json_size('{"a":{"b":1,"c":2}}', '$.a')`, 2]],
  regexp_like: [[`regexp_like('GET /a 503', ' 5\\d\\d')`, true]],
  regexp_extract: [
    [`regexp_extract('took 12ms', '(\\d+)ms', 1)`, '12'],
    [`regexp_extract('took 12ms', '\\d+')`, '12'],
    [`regexp_extract('nothing', '\\d+')`, null],
  ],
  regexp_count: [[`regexp_count('a1b2', '\\d')`, 2]],
  regexp_replace: [
    [`regexp_replace('a1b2', '\\d')`, 'ab'],
    [`regexp_replace('a1b2', '(\\d)', '<$1>')`, 'a<1>b<2>'],
  ],
  split: [
    [`array_join(split('a/b/c', '/'), '|')`, 'a|b|c'],
    [`array_join(split('a/b/c', '/', 2), '|')`, 'a|b/c'],
  ],
  concat: [
    [`concat('a', 'b', 'c')`, 'abc'],
    [`concat('a', CAST(NULL AS varchar))`, null],
  ],
  codepoint: [[`codepoint('A')`, 65]],
  to_utf8: [[`to_utf8('a')`, '61']],
  from_utf8: [[`from_utf8(to_utf8('ü'))`, 'ü']],
  from_iso8601_timestamp: [
    [`from_iso8601_timestamp('2026-11-21T22:33:44.123987Z')`, '2026-11-21T22:33:44.123Z'],
    [`from_iso8601_timestamp('2026-11-21T22:33:44+01:00')`, '2026-11-21T21:33:44.000Z'],
    [`try(from_iso8601_timestamp('yesterday'))`, null],
  ],
  from_iso8601_date: [[`from_iso8601_date('2026-11-21')`, '2026-11-21']],
  to_iso8601: [
    [`to_iso8601(DATE '2026-11-21')`, '2026-11-21'],
    [`to_iso8601(${at})`, '2026-11-21T22:33:44.123'],
    [`to_iso8601(from_unixtime(1))`, '1970-01-01T00:00:01.000Z'],
  ],
  from_unixtime: [[`from_unixtime(1.5)`, '1970-01-01T00:00:01.500Z']],
  to_unixtime: [[`to_unixtime(${at})`, 1795300424.123]],
  timezone: [
    [`${at} AT TIME ZONE 'UTC'`, '2026-11-21T22:33:44.123Z'],
    [
      `CAST(from_iso8601_timestamp('2026-11-21T22:33:44.123987Z') AT TIME ZONE 'UTC' AS timestamp(3))`,
      '2026-11-21T22:33:44.123Z',
    ],
    [`date_format(${at} AT TIME ZONE 'Europe/Berlin', '%H')`, '23'],
  ],
  at_timezone: [[`date_format(at_timezone(from_unixtime(0), 'Asia/Tokyo'), '%H')`, '09']],
  date_diff: [
    [`date_diff('hour', TIMESTAMP '2026-01-01 00:59:00', TIMESTAMP '2026-01-01 01:01:00')`, 0],
    [`date_diff('day', DATE '2026-01-03', DATE '2026-01-01')`, -2],
  ],
  date_add: [
    [`date_add('minute', -5, ${at})`, '2026-11-21T22:28:44.123Z'],
    [`date_add('month', 1, DATE '2026-01-31')`, '2026-02-28'],
  ],
  date_format: [[`date_format(${at}, '%Y-%m-%d %H:%i:%s %e %M')`, '2026-11-21 22:33:44 21 November']],
  day_of_week: [[`day_of_week(DATE '2026-11-22')`, 7]],
  day_of_month: [[`day_of_month(DATE '2026-11-22')`, 22]],
  day_of_year: [[`day_of_year(DATE '2026-02-01')`, 32]],
  approx_percentile: [[`(SELECT approx_percentile(n, 0.5) FROM (VALUES (1), (2), (9)) AS t(n))`, 2]],
  approx_distinct: [[`(SELECT approx_distinct(n) FROM (VALUES (1), (1), (9)) AS t(n))`, 2]],
  element_at: [
    [`element_at(ARRAY['a'], 1)`, 'a'],
    [`element_at(ARRAY['a'], 2)`, null],
    [`element_at(map(ARRAY['k'], ARRAY[5]), 'k')`, 5],
  ],
  cardinality: [
    [`cardinality(ARRAY['a', 'b'])`, 2],
    [`cardinality(map(ARRAY['k'], ARRAY[5]))`, 1],
  ],
  array_except: [
    [`array_except(ARRAY['a', 'b'], ARRAY['a']) = ARRAY['b']`, true],
    [
      `array_except(map_keys(CAST(json_parse('{"time":1,"more":[]}') AS map(varchar, json))), ARRAY['time']) <> ARRAY[]`,
      true,
    ],
  ],
  array_join: [[`array_join(ARRAY[1, 2], ',')`, '1,2']],
  array_max: [[`array_max(ARRAY[1, 3, 2])`, 3]],
  array_min: [[`array_min(ARRAY[3, 1, 2])`, 1]],
  sequence: [[`array_join(sequence(1, 3), ',')`, '1,2,3']],
};

let folder: SqlFolder;
beforeAll(async () => {
  folder = await openSqlFolder();
});
afterAll(() => folder.close());

it('has an example for each macro', () => {
  expect(Object.keys(meanings).sort()).toEqual(trinoMacros.map(({ name }) => name).sort());
});

it('means what Trino means', async () => {
  const all = Object.values(meanings).flat();
  const [row = []] = await rowsOf(folder.sql, `SELECT ${all.map(([expression]) => expression).join(', ')}`);
  expect(Object.fromEntries(all.map(([expression], n) => [expression, row[n]]))).toEqual(
    Object.fromEntries(all),
  );
});

it('divides whole numbers, orders nulls and compares times as Trino does', async () => {
  expect(await rowsOf(folder.sql, 'SELECT 7 / 2, 7 / 2.0, -7 / 2')).toEqual([[3, 3.5, -3]]);
  const nulls = await rowsOf(folder.sql, 'SELECT n FROM (VALUES (1), (NULL), (2)) AS t(n) ORDER BY n DESC');
  expect(nulls).toEqual([[2], [1], [null]]);
  expect(
    await rowsOf(folder.sql, `SELECT ${at} >= CAST(? AS timestamp(3)), ${at} < CAST(? AS timestamp(3))`, [
      '2026-11-21 22:33:44.123',
      '2026-11-21 22:33:44.123',
    ]),
  ).toEqual([[true, false]]);
});
