import { describe, expect, it } from 'vitest';
import { contestOf, efficiencyRows, ratioAim, remarksIn } from '../../bench/efficiency-table.ts';
import { formatMillis, formatNumber } from '../../bench/format-number.ts';
import { markdownTable, renderTable } from '../../bench/result-table.ts';
import type { Contest } from '../../bench/rounds.ts';

const aContest = (
  name: string,
  cpuSeconds: readonly number[],
  overrides: Partial<Contest> = {},
): Contest => ({
  name,
  failure: undefined,
  samples: cpuSeconds.map((seconds) => ({
    requests: 1000,
    errors: 1,
    countedByTarget: 1010,
    loadSeconds: 2,
    cpu: [
      { of: ', worker', seconds },
      { of: ', everything', seconds: 2 * seconds },
    ],
    remarks: ['it rained'],
  })),
  ...overrides,
});

describe('markdownTable', () => {
  it('pads its columns', () => {
    expect(
      markdownTable(
        ['tool', 'x'],
        [
          ['wrk', '1.00'],
          ['longer', '2'],
        ],
      ),
    ).toBe(['| tool   |    x |', '| ------ | ---: |', '| wrk    | 1.00 |', '| longer |    2 |'].join('\n'));
  });
});

describe('renderTable', () => {
  it('says which aims were met, missed or not judged', () => {
    const text = renderTable({
      title: 'A table',
      about: 'what was done',
      columns: ['tool'],
      rows: [['wrk']],
      aims: [
        { text: 'one', measured: '1', met: true },
        { text: 'two', measured: '2', met: false },
        { text: 'three', measured: 'n/a', met: undefined },
      ],
      notes: ['a note'],
    });
    expect(text.split('\n').slice(-4)).toEqual([
      '- met: one (measured: 1)',
      '- **missed**: two (measured: 2)',
      '- not judged: three (measured: n/a)',
      '- a note',
    ]);
  });
});

describe('the rows of a contest', () => {
  it('show each view of the CPU, against the first view of the reference', () => {
    const reference = aContest('wrk', [1, 1, 1]);
    const rows = efficiencyRows([reference, aContest('own', [1, 2, 4])], reference);
    expect(rows[2]).toEqual([
      'own, worker',
      '500',
      '250 to 1,000',
      '0.50',
      '0.25 to 1.00',
      '500',
      '3',
      '+1.00 %',
    ]);
    expect(rows[3]?.slice(0, 4)).toEqual(['own, everything', '250', '125 to 500', '0.25']);
  });

  it('name who is missing, and say why', () => {
    const missing = aContest('k6', [], { failure: 'not installed: go install go.k6.io/k6@latest' });
    expect(efficiencyRows([missing], missing)).toEqual([['k6', 'not measured']]);
    expect(remarksIn([missing])).toEqual(['k6: not installed: go install go.k6.io/k6@latest']);
    expect(contestOf([missing], 'k6')).toBeUndefined();
  });

  it('repeat a remark once', () => {
    expect(remarksIn([aContest('own', [1, 2])])).toEqual(['it rained']);
  });
});

describe('ratioAim', () => {
  it.each([
    [0.5, true],
    [0.6, false],
  ])('asks for %d of a half: %s', (atLeast, met) => {
    expect(ratioAim(aContest('own', [2, 2, 2]), aContest('wrk', [1, 1, 1]), atLeast, 'wrk').met).toBe(met);
  });

  it('judges nothing without the other', () => {
    expect(ratioAim(aContest('own', [1]), undefined, 2, 'wrk').met).toBeUndefined();
  });
});

describe('numbers', () => {
  it.each([
    [1234567.8, '1,234,568'],
    [12.345, '12.3'],
    [0.456, '0.46'],
    [Number.NaN, 'n/a'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('have their unit', () => {
    expect(formatMillis(0.5)).toBe('0.50 ms');
    expect(formatMillis(undefined)).toBe('n/a');
  });
});
