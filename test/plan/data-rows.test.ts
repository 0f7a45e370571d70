import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowOfRank } from '../../src/plan/data-rows.ts';
import type { DataSource } from '../../src/plan/plan.ts';

const someData = (use: DataSource['use'], rowCount: number): DataSource => ({
  file: 'users.csv',
  use,
  upload: 'uploads/0',
  rowCount,
  columns: ['user'],
});
const counts = fc.integer({ min: 1, max: 500 });

describe('data rows', () => {
  it('are each used once, then no more', () => {
    fc.assert(
      fc.property(counts, (rowCount) => {
        const rows = Array.from({ length: rowCount + 5 }, (_, rank) =>
          rowOfRank(someData('once', rowCount), 1, rank),
        );
        expect(new Set(rows.slice(0, rowCount)).size).toBe(rowCount);
        expect(rows.slice(rowCount)).toEqual(new Array(5).fill(undefined));
      }),
    );
  });

  it('cycle in order', () => {
    expect([0, 1, 2, 3, 7].map((rank) => rowOfRank(someData('cycle', 3), 1, rank))).toEqual([0, 1, 2, 0, 1]);
  });

  it('are drawn at random from the whole file, the same for the same seed', () => {
    fc.assert(
      fc.property(counts, fc.nat(), fc.nat(1e9), (rowCount, seed, rank) => {
        const row = rowOfRank(someData('random', rowCount), seed, rank);
        expect(row).toBe(rowOfRank(someData('random', rowCount), seed, rank));
        expect(row).toBeGreaterThanOrEqual(0);
        expect(row).toBeLessThan(rowCount);
      }),
    );
    const drawn = new Set(
      Array.from({ length: 1000 }, (_, rank) => rowOfRank(someData('random', 20), 1, rank)),
    );
    expect(drawn.size).toBe(20);
  });
});
