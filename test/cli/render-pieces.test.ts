import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decimalsFor,
  formatCount,
  formatFactor,
  formatMany,
  formatMillis,
  formatPercent,
  formatSeconds,
  printable,
} from '../../src/cli/render/format-figures.ts';
import { alignRows, left, right, shorten, wrapWords } from '../../src/cli/render/layout-text.ts';
import { renderRuns } from '../../src/cli/render/render-runs.ts';

describe('figures', () => {
  it.each([
    [formatCount(1234567), '1,234,567'],
    [formatMany(1, 'worker'), '1 worker'],
    [formatMany(2, 'worker'), '2 workers'],
    [formatMillis(null), '-'],
    [formatMillis(0.1234), '0.12'],
    [formatMillis(12.345), '12.3'],
    [formatMillis(1234.5), '1,235'],
    [formatMillis(12.345, 3), '12.345'],
    [formatPercent(0), '0%'],
    [formatPercent(0.00001), '<0.01%'],
    [formatPercent(0.0029), '0.29%'],
    [formatPercent(0.5), '50.0%'],
    [formatPercent(1), '100%'],
    [formatSeconds(15), '15.0 s'],
    [formatSeconds(119.96), '2 min 0 s'],
    [formatSeconds(3599.6), '1 h 0 min'],
    [formatSeconds(5400), '1 h 30 min'],
    [formatFactor(1.5), '1.5x'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('show the smallest of a table with about three digits', () => {
    expect(decimalsFor([0.2, 900])).toBe(3);
    expect(decimalsFor([4, 900])).toBe(2);
    expect(decimalsFor([40, 900])).toBe(1);
    expect(decimalsFor([400, 0])).toBe(0);
    expect(decimalsFor([])).toBe(0);
  });

  it('never leave a control character in text of others', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(/\p{Cc}/u.test(printable(text))).toBe(false);
      }),
    );
  });
});

describe('layout', () => {
  it('puts cells into columns that line up', () => {
    expect(
      alignRows([
        [left('a'), right('1'), left('x')],
        [left('bbb'), right('22'), left('')],
      ]),
    ).toEqual(['a     1  x', 'bbb  22  ']);
  });

  it('wraps without losing a word or exceeding the width with more than one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
        fc.integer({ min: 5, max: 40 }),
        (words, width) => {
          const lines = wrapWords(words.join(' '), width);
          expect(lines.join(' ')).toBe(words.join(' '));
          for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true);
        },
      ),
    );
  });

  it('keeps a figure and its % in one line', () => {
    expect(wrapWords('it was held for a while (100.0 %).', 31)).toEqual([
      'it was held for a while',
      '(100.0 %).',
    ]);
  });

  it('shortens to the width and marks that it did', () => {
    expect(shorten('abcdef', 6)).toBe('abcdef');
    expect(shorten('abcdef', 4)).toBe('abc…');
  });

  it('lists runs in the order given', () => {
    const run = { name: 'shop', target: 'http://127.0.0.1:8080', createdAt: '2026-01-31T10:20:30.123Z' };
    const lines = renderRuns(
      [
        { ...run, runId: 'b', status: 'running' },
        { ...run, runId: 'a', status: 'passed' },
      ],
      { columns: 80, colour: false },
    ).split('\n');
    expect(lines[0]).toMatch(/^run +status +created \(UTC\) +plan +target$/);
    expect(lines[1]).toMatch(/^b +running +2026-01-31 10:20:30 +shop +http:\/\/127\.0\.0\.1:8080$/);
    expect(lines[2]).toMatch(/^a +passed /);
  });
});
