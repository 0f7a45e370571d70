import { describe, expect, it } from 'vitest';
import { rowClaims } from '../../src/worker/claim-rows.ts';
import { aPlan, MemoryStore } from '../run/builders.ts';

const planOf = (rowCount: number) => {
  const [scenario] = aPlan().scenarios;
  if (scenario === undefined) throw new Error('a plan has a scenario');
  const data = { file: 'u.csv', use: 'once', upload: 'uploads/a', rowCount, columns: ['u'] } as const;
  return aPlan({ scenarios: [{ ...scenario, data }] });
};

describe('row claims', () => {
  it.each([1, 7, 100, 5000])(
    'give each of %i rows out once over several workers, then nothing',
    async (rowCount) => {
      const store = new MemoryStore();
      const plan = planOf(rowCount);
      const given: number[] = [];
      const worker = async (): Promise<void> => {
        const claim = rowClaims(store, 'r1', plan);
        for (let block = await claim('browse'); block !== undefined; block = await claim('browse')) {
          for (let row = block.from; row < block.from + block.count; row++) given.push(row);
        }
      };
      await Promise.all([worker(), worker(), worker()]);
      expect(given.sort((a, b) => a - b)).toEqual(Array.from({ length: rowCount }, (_, row) => row));
    },
  );
});
