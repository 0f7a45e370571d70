import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockSize, evenArrivals, poissonArrivals } from '../../src/plan/arrival-process.ts';

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe('even arrivals', () => {
  it('does not count an arrival that only rounding adds', () => {
    expect(evenArrivals.countBefore(4000 + 1e-9)).toBe(4000);
    expect(evenArrivals.countBefore(4000 - 1e-9)).toBe(4000);
    expect(evenArrivals.countBefore(4000.5)).toBe(4001);
    expect(evenArrivals.countBefore(-1)).toBe(0);
  });
});

describe('poisson arrivals', () => {
  it('places any arrival alone where it is in sequence', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.nat(5000), { maxLength: 20 }), (seed, arrivals) => {
        const inSequence = poissonArrivals(seed);
        const sequence = Array.from({ length: 5001 }, (_, arrival) => inSequence.position(arrival));
        for (const arrival of arrivals)
          expect(poissonArrivals(seed).position(arrival)).toBe(sequence[arrival]);
      }),
      { numRuns: 20 },
    );
  });

  it('never places an arrival before an earlier one, and counts what it places', () => {
    fc.assert(
      fc.property(seeds, fc.nat(4 * blockSize), (seed, cumulative) => {
        const process = poissonArrivals(seed);
        const positions = Array.from({ length: 5 * blockSize }, (_, arrival) => process.position(arrival));
        expect(positions.every((position, i) => position >= (positions[i - 1] ?? 0))).toBe(true);
        expect(process.countBefore(cumulative)).toBe(positions.filter((each) => each < cumulative).length);
      }),
      { numRuns: 20 },
    );
  });

  it('counts within five standard deviations of what is expected', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 25, max: 5000 }), (seed, cumulative) => {
        const count = poissonArrivals(seed).countBefore(cumulative);
        expect(Math.abs(count - cumulative)).toBeLessThan(5 * Math.sqrt(cumulative) + 1);
      }),
    );
  });

  it('spaces arrivals exponentially: the gaps vary as much as their mean', () => {
    const process = poissonArrivals(7);
    const gaps = Array.from({ length: 20_000 }, (_, i) => process.position(i + 1) - process.position(i));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(mean).toBeCloseTo(1, 1);
    expect(variance / mean ** 2).toBeCloseTo(1, 1);
  });
});
