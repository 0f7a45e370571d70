import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeTally } from '../../src/stats/merge-tally.ts';
import type { Tally } from '../../src/stats/tally.ts';
import { encodeTally } from '../../src/stats/tally-document.ts';
import { mergeAll, type Sample, sampleArbitrary, tallyOf, throughStore } from './builders.ts';

/** Order of insertion is not part of a tally. */
const canonical = (tally: Tally) => {
  const document = encodeTally(tally);
  const byText = <Row>(rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).sort();
  return {
    ...document,
    seconds: document.seconds.map((row) => ({ ...row, steps: byText(row.steps) })),
    steps: byText(document.steps),
    errors: byText(document.errors),
    drops: byText(document.drops),
    generators: byText(document.generators),
  };
};

describe('merging tallies', () => {
  it('gives the tally of all samples, for any split into segments, any order and any grouping', () => {
    const segments = fc.array(fc.array(sampleArbitrary, { maxLength: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(segments, fc.infiniteStream(fc.nat()), (groups, stream) => {
        const whole = canonical(tallyOf(groups.flat()));
        const shuffled = [...groups]
          .map((group) => ({ group, rank: stream.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ group }) => throughStore(tallyOf(group)));
        expect(canonical(mergeAll(shuffled))).toEqual(whole);
        // In rollups of arbitrary size, themselves stored and merged, the last one late.
        const cut = (stream.next().value ?? 0) % (shuffled.length + 1);
        const rollups = [shuffled.slice(cut), shuffled.slice(0, cut)].map((part) =>
          throughStore(mergeAll(part)),
        );
        expect(canonical(mergeAll(rollups))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('does not change what it merges from', () => {
    const from = tallyOf([{ kind: 'completed', step: 0, at: 1, micros: 500 }]);
    const before = canonical(from);
    const into = mergeAll([from, from]);
    mergeTally(into, from);
    expect(canonical(from)).toEqual(before);
  });

  it('shows one slow worker in ten where an average of percentiles would hide it', () => {
    const worker = (micros: number): Tally =>
      tallyOf(Array.from({ length: 1000 }, (): Sample => ({ kind: 'completed', step: 0, at: 1, micros })));
    const merged = mergeAll(
      [...Array.from({ length: 9 }, () => worker(10_000)), worker(1_000_000)].map(throughStore),
    );
    const response = merged.steps.get('GET /a')?.response;
    expect(response?.count).toBe(10_000);
    expect(response?.percentileMicros(90)).toBeLessThanOrEqual(10_010);
    expect(response?.percentileMicros(91)).toBeGreaterThanOrEqual(1_000_000);
    expect(response?.percentileMicros(99)).toBeGreaterThanOrEqual(1_000_000);
  });
});
