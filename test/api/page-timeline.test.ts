import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageTimeline } from '../../src/api/page-timeline.ts';
import type { TimelineRow } from '../../src/stats/timeline.ts';

const rowsOf = (seconds: readonly number[]): TimelineRow[] =>
  seconds.flatMap((rows, second) => Array.from({ length: rows }, () => ({ second }) as TimelineRow));

describe('paging a timeline', () => {
  it('loses no row, repeats none, and never cuts a second', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        (seconds, limit) => {
          const all = rowsOf(seconds);
          const read: TimelineRow[] = [];
          let after = 0;
          for (let pages = 0; ; pages++) {
            expect(pages).toBeLessThanOrEqual(seconds.length);
            const rows = all.filter(({ second }) => second >= after);
            const page = pageTimeline({ rows, nextSecond: seconds.length, complete: true }, limit);
            expect(page.rows.length).toBeLessThanOrEqual(Math.max(limit, 9));
            read.push(...page.rows);
            if (page.complete) break;
            expect(page.nextSecond).toBeGreaterThan(after);
            after = page.nextSecond;
          }
          expect(read).toEqual(all);
        },
      ),
    );
  });
});
