import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { RowClaims } from '../../../src/engine/arrivals/row-claims.ts';

describe('row claims', () => {
  it('deal every claimed row to one taker, whatever the sizes of blocks, and refuse the rest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        async (sizes, accepts) => {
          const blocks = [...sizes];
          let from = 0;
          const claims = new RowClaims(async () => {
            const count = blocks.shift();
            from += count ?? 0;
            return count === undefined ? undefined : { from: from - count, count };
          });
          const total = sizes.reduce((sum, size) => sum + size, 0);
          const taken: (number | undefined)[] = [];
          for (const accept of accepts) {
            claims.take((row) => {
              if (accept) taken.push(row);
              return accept;
            });
          }
          await new Promise(setImmediate);
          const wanted = accepts.filter(Boolean).length;
          const rows = taken.filter((row) => row !== undefined);
          expect(taken).toHaveLength(wanted);
          expect(rows).toEqual(Array.from({ length: Math.min(wanted, total) }, (_each, row) => row));
          claims.close();
        },
      ),
    );
  });

  it('serve a taker that takes again while it is served', async () => {
    let next = 0;
    const claims = new RowClaims(async () => {
      next += 3;
      return { from: next - 3, count: 3 };
    });
    const rows: (number | undefined)[] = [];
    const take = (): void =>
      claims.take((row) => {
        rows.push(row);
        if (rows.length < 8) take();
        return true;
      });
    take();
    await new Promise(setImmediate);
    expect(rows).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    claims.close();
  });

  it('keep no timer when asking fails after they were closed', async () => {
    vi.useFakeTimers();
    try {
      const claims = new RowClaims(async () => {
        throw new Error('the store is away');
      });
      claims.take(() => true);
      claims.close();
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
