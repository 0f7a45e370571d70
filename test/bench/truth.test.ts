import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentileOf } from '../../bench/median.ts';
import { freezePercentileMillis, isTrue } from '../../bench/truth/analytic-freeze.ts';
import { freezeTruth, judgeFreeze } from '../../bench/truth/judge-freeze.ts';
import { drawServiceMillis, type ServiceTimes, seededRandom } from '../../bench/truth/service-times.ts';

describe('freezePercentileMillis', () => {
  it('is what evenly spaced arrivals see, counted one by one', () => {
    const freezes = fc.record({
      freezeMillis: fc.integer({ min: 1, max: 5000 }),
      periodMillis: fc.integer({ min: 5000, max: 20_000 }),
    });
    fc.assert(
      fc.property(freezes, fc.double({ min: 1, max: 99.9, noNaN: true }), (freeze, percentile) => {
        const waits = Float64Array.from({ length: freeze.periodMillis }, (_, at) =>
          Math.max(0, freeze.freezeMillis - at),
        ).sort();
        const counted = percentileOf(waits, percentile);
        // One arrival in a millisecond: it can't be known better.
        expect(Math.abs(counted - freezePercentileMillis(percentile, freeze))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is 500 and 900 ms for a second in ten', () => {
    expect(freezeTruth).toMatchObject({ p95: 500, p99: 900 });
    expect(freezeTruth.p999).toBeCloseTo(990, 6);
  });
});

describe('judgeFreeze', () => {
  it.each([
    [{ p50: 0.2, p95: 505, p99: 905 }, 'shown'],
    [{ p50: 0.2, p99: 870 }, 'shown'],
    [{ p50: 0.2, p95: 1, p99: 3 }, 'hidden'],
    [{ p50: 3, p95: 12, p99: 920 }, 'partly hidden'],
    [{ p50: 273, p99: 907 }, 'exaggerated'],
    [{ p50: 1, p95: 500, p99: 1500 }, 'exaggerated'],
    [{}, 'n/a'],
  ])('says of %j: %s', (figures, judgement) => {
    expect(judgeFreeze(figures)).toBe(judgement);
  });
});

describe('isTrue', () => {
  it.each([
    [100, 102, true],
    [100, 103, false],
    [1, 1.5, true],
    [1, 1.6, false],
    [Number.NaN, 1, false],
  ])('takes %d for %d: %s', (measured, truth, expected) => {
    expect(isTrue(measured, truth)).toBe(expected);
  });
});

describe('drawServiceMillis', () => {
  const draw = (times: ServiceTimes, count: number, seed = 7): readonly number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => drawServiceMillis(times, random));
  };
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  it('draws the same times from the same seed', () => {
    const times: ServiceTimes = { kind: 'exponential', meanMillis: 30 };
    expect(draw(times, 50)).toEqual(draw(times, 50));
    expect(draw(times, 50, 8)).not.toEqual(draw(times, 50));
  });

  it('has the distribution asked for', () => {
    expect(new Set(draw({ kind: 'constant', millis: 20 }, 100))).toEqual(new Set([20]));
    expect(mean(draw({ kind: 'exponential', meanMillis: 30 }, 20_000))).toBeCloseTo(30, -1);
    const two = draw({ kind: 'bimodal', fastMillis: 10, slowMillis: 200, slowShare: 0.1 }, 20_000);
    expect(new Set(two)).toEqual(new Set([10, 200]));
    expect(two.filter((millis) => millis === 200).length / two.length).toBeCloseTo(0.1, 1);
  });
});
