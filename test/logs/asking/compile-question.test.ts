import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AskedTable, compileQuestion, mostLines } from '../../../src/logs/asking/compile-question.ts';
import { dayPredicate } from '../../../src/logs/asking/day-predicate.ts';
import { sqlTokens } from '../../../src/logs/asking/sql-tokens.ts';
import { dayOf, type UtcDay } from '../../../src/logs/layout/utc-day.ts';
import type { LogQuestion } from '../../../src/platform/ports/logs-api.ts';

const dayMillis = 86_400_000;
const app: AskedTable = { table: 'shop_app', family: 'shop', container: 'app' };
const aQuestion = (overrides: Partial<LogQuestion> = {}): LogQuestion => ({
  family: 'shop',
  sinceMillis: Date.UTC(2026, 10, 21, 20),
  untilMillis: Date.UTC(2026, 10, 21, 22),
  limit: 1000,
  ...overrides,
});

/** What a predicate says of a day, read as an engine would. */
const holds = (predicate: string, { year, month, day }: UtcDay): boolean => {
  const js = predicate
    .replace(/(\w+) IN \(([\d, ]+)\)/g, '[$2].includes($1)')
    .replaceAll(' = ', ' === ')
    .replaceAll('AND', '&&')
    .replaceAll('OR', '||');
  return new Function('year', 'month', 'day', `return ${js}`)(year, month, day) as boolean;
};

describe('the days of a question', () => {
  it('are those it touches, with the day before and the day after', () => {
    expect(dayPredicate(Date.UTC(2026, 10, 21, 20), Date.UTC(2026, 10, 21, 22))).toBe(
      '((year = 2026 AND month = 11 AND day IN (20, 21, 22)))',
    );
    expect(dayPredicate(Date.UTC(2026, 11, 31, 23), Date.UTC(2027, 0, 1))).toBe(
      '((year = 2026 AND month = 12 AND day IN (30, 31)) OR (year = 2027 AND month = 1 AND day IN (1)))',
    );
  });

  it('are not spelled out for whole months and years', () => {
    expect(dayPredicate(Date.UTC(2024, 1, 2), Date.UTC(2026, 2, 1))).toBe(
      '((year = 2024 AND month IN (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)) OR (year = 2025) OR (year = 2026 AND month = 3 AND day IN (1)) OR (year = 2026 AND month IN (1, 2)))',
    );
    expect(dayPredicate(0, Date.UTC(2026, 10, 21)).length).toBeLessThan(500);
  });

  it('hold for exactly these, over months, years and leap days', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2023, 0, 1), max: Date.UTC(2029, 0, 1) }),
        fc.integer({ min: 1, max: 500 * dayMillis }),
        fc.integer({ min: -3, max: 503 }),
        (sinceMillis, length, offset) => {
          const endMillis = sinceMillis + length;
          const predicate = dayPredicate(sinceMillis, endMillis);
          const at = Math.floor(sinceMillis / dayMillis) + offset;
          const isWanted =
            at >= Math.floor(sinceMillis / dayMillis) - 1 &&
            at <= Math.floor((endMillis - 1) / dayMillis) + 1;
          expect(holds(predicate, dayOf(at * dayMillis))).toBe(isWanted);
        },
      ),
    );
  });
});

/** The tokens of a SQL text with every number and text made the same. */
const shapeOf = (sql: string): string =>
  sqlTokens(sql)
    .map(({ kind, text }) => (kind === 'number' || kind === 'text' ? kind : text))
    .join(' ');

describe('a question', () => {
  it('has what was asked for in its parameters, and its names and days in its text', () => {
    const { sql, parameters } = compileQuestion(
      aQuestion({ text: "it's", regex: 'ERROR|WARN', task: '0b1c2d3e' }),
      [app],
    );
    expect(parameters).toEqual([
      '2026-11-21 20:00:00.000',
      '2026-11-21 22:00:00.000',
      '/0b1c2d3e[0-9a-f-]*$',
      "it's",
      'ERROR|WARN',
    ]);
    expect(sql).toContain('FROM "shop_app"\n');
    expect(sql).toContain('(year = 2026 AND month = 11 AND day IN (20, 21, 22))');
    expect(sql.split('?')).toHaveLength(parameters.length + 1);
  });

  it('reads each container of a family by its own table', () => {
    const { sql } = compileQuestion(aQuestion(), [app, { ...app, table: 'shop_web', container: 'web' }]);
    expect(sql).toContain("'app' AS container");
    expect(sql).toContain("'web' AS container");
    expect(sql.match(/UNION ALL/g)).toHaveLength(1);
    expect(sql.match(/day IN \(20, 21, 22\)/g)).toHaveLength(2);
  });

  it('asks for lines that are no records by their days and text, as they have no time', () => {
    const { sql, parameters } = compileQuestion(aQuestion({ malformed: true, text: 'panic' }), [app]);
    expect(parameters).toEqual(['panic']);
    expect(sql).toContain('WHERE malformed AND strpos(log, ?) > 0');
  });

  it('is of the same shape whatever the text, the pattern and the task are', () => {
    const shape = shapeOf(compileQuestion(aQuestion({ text: 'x', regex: 'x', task: '0b1c2d3e' }), [app]).sql);
    const hostile = fc.oneof(
      fc.constantFrom(
        "'; DROP TABLE shop_app; --",
        '" OR 1=1 --',
        '?',
        '/*',
        "\\'",
        '\u2019; select',
        '$$',
        '\n--',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).filter((text) => !text.includes('\0')),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const regex = text.replace(/[^ -~]|[\\^$.|?*+()[\]{}]/g, '.') || '.';
        const { sql, parameters } = compileQuestion(aQuestion({ text, regex, task: '0b1c2d3e' }), [app]);
        expect(shapeOf(sql)).toBe(shape);
        expect(parameters.slice(-2)).toEqual([text, regex]);
      }),
    );
  });

  it('quotes a table whatever its name is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (table) => {
        const { sql } = compileQuestion(aQuestion(), [{ ...app, table }]);
        expect(sqlTokens(sql).filter(({ kind, text }) => kind === 'name' && text === table)).toHaveLength(1);
        expect(shapeOf(sql).replaceAll(table, '')).toBe(
          shapeOf(compileQuestion(aQuestion(), [app]).sql)
            .replaceAll('shop_app', '')
            .replaceAll(table, ''),
        );
      }),
      { examples: [['a"; DROP TABLE "b'], ["x' --"], ['"']] },
    );
  });

  it.each([
    [{ untilMillis: Date.UTC(2026, 10, 21, 20) }, 'ends before it begins'],
    [{ sinceMillis: Number.NaN }, 'NaN is not an instant'],
    [{ sinceMillis: -1 }, '-1 is not an instant'],
    [{ limit: 0 }, 'limit 0 is not a whole number from 1'],
    [{ limit: mostLines + 1 }, 'limit 100001'],
    [{ limit: 1.5 }, 'limit 1.5'],
    [{ text: '' }, 'must have 1 to 500 characters'],
    [{ text: 'x'.repeat(501) }, 'must have 1 to 500 characters'],
    [{ text: '\0' }, 'no NUL'],
    [{ text: '\ud800' }, 'must have 1 to 500 characters'],
    [{ task: "x' OR '1'='1" }, 'is not a task'],
    [{ task: '0b1' }, 'is not a task'],
    [{ regex: '(?<=a)b' }, 'look-behind'],
  ])('is refused with %o', (overrides, why) => {
    expect(() => compileQuestion(aQuestion(overrides), [app])).toThrow(why);
  });

  it.each([
    'arn:aws:ecs:eu-central-1:123456789012:task/shop/0b1c2d3e4f5061728394a5b6c7d8e9f0',
    'arn:aws:ecs:local:000000000000:task/local/0b1c2d3e4f5061728394a5b6c7d8e9f0',
    '0b1c2d3e4f5061728394a5b6c7d8e9f0',
    '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0',
    '0b1c2',
  ])('takes %s for a task', (task) => {
    const [, , pattern = ''] = compileQuestion(aQuestion({ task }), [app]).parameters;
    const arn = task.startsWith('arn:') ? task : `arn:aws:ecs:x:1:task/shop/${task}`;
    expect(arn).toMatch(new RegExp(String(pattern)));
    expect('arn:aws:ecs:x:1:task/0b1c2d3e/ffff').not.toMatch(new RegExp(String(pattern)));
  });
});
