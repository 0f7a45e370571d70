import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSelect } from '../../../src/logs/asking/check-select.ts';
import { findLogTables } from '../../../src/logs/asking/find-log-tables.ts';

const known = ['shop_app', 'shop_web', 'shop_app_raw'];
const find = (sql: string) =>
  Object.fromEntries(
    findLogTables(checkSelect(sql).tokens, known).map(({ table, isPruned }) => [table, isPruned]),
  );

describe('the log tables of a SELECT', () => {
  it.each([
    ['SELECT * FROM shop_app WHERE year = 2026', { shop_app: true }],
    ['SELECT * FROM "Shop_App" WHERE "year" IN (2026)', { shop_app: true }],
    ['SELECT * FROM db.shop_app l WHERE l.year BETWEEN 2025 AND 2026', { shop_app: true }],
    ['SELECT * FROM shop_app WHERE 2026 = year', { shop_app: true }],
    ['SELECT * FROM shop_app WHERE time > now()', { shop_app: false }],
    ["SELECT * FROM shop_app WHERE log = 'year = 2026'", { shop_app: false }],
    ['SELECT * FROM shop_app -- year = 2026', { shop_app: false }],
    ['SELECT year FROM shop_app', { shop_app: false }],
    ['SELECT * FROM shop_app a, shop_web b WHERE a.year = 2026', { shop_app: true, shop_web: false }],
    [
      'SELECT * FROM shop_app a JOIN shop_web b ON a.time = b.time AND b.year = 2026',
      { shop_app: false, shop_web: true },
    ],
    ['SELECT * FROM (SELECT * FROM shop_app) x WHERE x.year = 2026', { shop_app: true }],
    ['SELECT * FROM (SELECT * FROM shop_app) x, t WHERE t.year = 2026', { shop_app: false }],
    ['SELECT * FROM t WHERE year = 2026 AND x IN (SELECT x FROM shop_app)', { shop_app: false }],
    ['SELECT * FROM t WHERE x IN (SELECT x FROM shop_app) AND t.year = 2026', { shop_app: false }],
    ['WITH l AS (SELECT * FROM shop_app) SELECT * FROM l WHERE year = 2026', { shop_app: true }],
    ['WITH l AS (SELECT * FROM shop_app) SELECT * FROM l', { shop_app: false }],
    [
      'SELECT * FROM shop_app WHERE year = 2026 UNION ALL SELECT * FROM shop_app_raw',
      { shop_app: true, shop_app_raw: true },
    ],
    ['WITH shop_app AS (SELECT 1 AS a) SELECT * FROM shop_app', {}],
    ['WITH "Shop_App" (a) AS (SELECT 1) SELECT * FROM (SELECT * FROM SHOP_APP) q', {}],
    ['WITH shop_app AS (SELECT * FROM shop_app) SELECT * FROM shop_app', { shop_app: false }],
    ['WITH shop_app AS (SELECT 1) SELECT * FROM db.shop_app', { shop_app: false }],
    [
      'SELECT * FROM (WITH shop_app AS (SELECT 1 AS a) SELECT * FROM shop_app) q, shop_app',
      { shop_app: false },
    ],
    ['SELECT year = 2026 FROM shop_app', { shop_app: false }],
    ['SELECT * FROM shop_app ORDER BY year = 2026', { shop_app: false }],
    ['SELECT * FROM shop_app a JOIN shop_app b ON a.log = b.log WHERE a.year = 2026', { shop_app: false }],
    ['SELECT shop_app FROM runs', {}],
    ['SELECT 1 AS shop_app, shop_app.x FROM runs', {}],
    ['SELECT count(shop_app) FROM runs ORDER BY 1, shop_app', {}],
    ["SELECT 'from shop_app'", {}],
    ['SELECT * FROM (shop_app JOIN shop_web ON true)', { shop_app: false, shop_web: false }],
  ])('of %s', (sql, expected) => {
    expect(find(sql)).toEqual(expected);
  });

  it('are found with and without a predicate wherever they are put', () => {
    const layer = fc.constantFrom(
      (sql: string) => `SELECT * FROM (${sql}) AS q`,
      (sql: string) => `WITH q AS (${sql}) SELECT * FROM q`,
      (sql: string) => `SELECT * FROM runs WHERE run_id IN (${sql})`,
      (sql: string) => `SELECT (1 + 2), count(*) FROM (${sql}) q GROUP BY 1 ORDER BY (2)`,
    );
    const name = fc.constantFrom(
      'shop_app',
      '"shop_app"',
      'SHOP_APP',
      'awsdatacatalog.db.shop_app',
      'shop_app AS l',
    );
    fc.assert(
      fc.property(name, fc.array(layer, { maxLength: 4 }), fc.boolean(), (table, layers, isLimited) => {
        const where = isLimited ? "WHERE log LIKE '%x%' AND (year = 2026)" : "WHERE log = 'year = 1'";
        const sql = layers.reduce((inner, wrap) => wrap(inner), `SELECT * FROM ${table} ${where}`);
        expect(find(sql)).toEqual({ shop_app: isLimited });
      }),
    );
  });
});
