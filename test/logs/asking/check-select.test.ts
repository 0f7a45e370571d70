import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSelect, longestSql } from '../../../src/logs/asking/check-select.ts';
import { sqlTokens } from '../../../src/logs/asking/sql-tokens.ts';

describe('the tokens of a SQL text', () => {
  it('are words, names, texts, numbers and signs, without comments', () => {
    const sql = `SELECT "a""b", 'it''s' -- no; matter\n, 1.5e3 /* ; */ <= x`;
    expect(sqlTokens(sql).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'word select',
      'name a"b',
      'sign ,',
      "text it's",
      'sign ,',
      'number 1.5e3',
      'sign <=',
      'word x',
    ]);
  });

  it.each([
    ["SELECT 'a", "a ' is missing (line 1, column 8)"],
    ['SELECT\n  "a', 'a " is missing (line 2, column 3)'],
    ['SELECT /* a', '*/ is missing'],
    ['SELECT /* a /* b */ c */ 1', 'a comment in a comment'],
    ['SELECT `a`', 'a backquote'],
    ["SELECT E'\\''", 'a quote right after a letter'],
    ["SELECT U&'\\0041'", '& , which may only be in quotes'.replace('& ,', '&,')],
    ['SELECT x"a"', 'a quote right after a letter'],
    ['SELECT $$a$$', '$, which may only be in quotes'],
    ['SELECT a::int', '::'],
    ['SELECT 1a', 'begins with a digit'],
    ['SELECT a\u00a0b', 'U+00A0'],
    ['SELECT\u200b 1', 'U+200B'],
    ['SELECT ä', 'ä, which may only be in quotes'],
    ['SELECT a; \\copy', '\\, which may only be in quotes'],
    ['\ufeffSELECT 1', 'U+FEFF'],
    ['SELECT \0', 'U+0000'],
    ['SELECT @@x', '@, which may only be in quotes'],
    ['SELECT #1', '#, which may only be in quotes'],
  ])('are not read from %j', (sql, why) => {
    expect(() => sqlTokens(sql)).toThrow(why);
  });

  it('tell a text whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sql = `SELECT '${text.replaceAll("'", "''")}' AS "${text.replaceAll('"', '""')}"`;
        expect(sqlTokens(sql).map(({ kind, text: each }) => [kind, each])).toEqual([
          ['word', 'select'],
          ['text', text],
          ['word', 'as'],
          ['name', text],
        ]);
      }),
    );
  });
});

describe('what can be asked', () => {
  it.each([
    'SELECT 1',
    'select time, log from "shop_app" where year = 2026;',
    '  -- why\nSELECT 1 ; -- no more',
    'WITH a AS (SELECT 1 AS x), "b"(y) AS (SELECT 2) SELECT * FROM a, b',
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t',
    'SELECT \'DROP TABLE x; --\', "delete" FROM t',
  ])('is %s', (sql) => {
    expect(checkSelect(sql).tokens.length).toBeGreaterThan(1);
  });

  it('is passed on without the semicolon at its end', () => {
    expect(checkSelect('SELECT 1; -- done').sql).toBe('SELECT 1');
  });

  it.each([
    ['', 'is empty'],
    [' -- nothing', 'is empty'],
    [';', 'is empty'],
    ['DROP TABLE shop_app', 'begins with DROP'],
    ['INSERT INTO t SELECT 1', 'begins with INSERT'],
    ['EXPLAIN SELECT 1', 'begins with EXPLAIN'],
    ["COPY (SELECT 1) TO 'x'", 'begins with COPY'],
    ["UNLOAD (SELECT 1) TO 's3://x'", 'begins with UNLOAD'],
    ['(SELECT 1)', 'begins with "("'],
    ['"SELECT" 1', 'begins with "SELECT"'],
    ['SELECT 1; DROP TABLE x', 'a second statement'],
    ['SELECT 1;;', 'a second statement'],
    ['SELECT 1; SELECT 2;', 'a second statement'],
    ['SELECT * FROM t WHERE x = ?', 'has a ?'],
    ['SELECT (1', '( that is not closed'],
    ['SELECT 1)', 'closes nothing'],
    ['WITH a AS (SELECT 1) DELETE FROM shop_app', 'a WITH that no SELECT follows'],
    ['WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a', 'a WITH that no SELECT follows'],
    ['WITH a AS MATERIALIZED (SELECT 1) SELECT 1', 'a WITH that is not'],
    ['WITH', 'a WITH that is not'],
    ['WITH FUNCTION f() RETURNS int RETURN 1 SELECT f()', 'a WITH that is not'],
    [`SELECT ${'('.repeat(201)}1${')'.repeat(201)}`, 'more than 200 parentheses'],
    [`SELECT '${'x'.repeat(longestSql)}'`, `may have ${longestSql} bytes`],
  ])('is not %j', (sql, why) => {
    expect(() => checkSelect(sql)).toThrow(why);
  });

  it('is read in time that grows with its length, however it is nested', () => {
    const long = `SELECT ${Array.from({ length: 20_000 }, () => '((1))').join(' + ')} FROM shop_app, ${Array.from({ length: 5000 }, () => 'shop_app').join(', ')}`;
    expect(checkSelect(long).tokens.length).toBeGreaterThan(100_000);
  });
});
