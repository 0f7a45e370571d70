import fc from 'fast-check';
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { latencyOf } from '../../src/stats/latency.ts';
import { LatencyHistogram } from '../../src/stats/latency-histogram.ts';

const histogramOf = (values: readonly number[], digits: 2 | 3 = 3): LatencyHistogram => {
  const histogram = new LatencyHistogram(digits);
  for (const value of values) histogram.record(value);
  return histogram;
};

/** Nearest-rank percentile of the samples themselves. */
const exactPercentile = (values: readonly number[], percentile: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil((percentile / 100) * values.length) - 1)] as number;

describe('latency histogram', () => {
  it.each([
    [3, 0.001],
    [2, 0.01],
  ] as const)('is right to %i digits at every percentile', (digits, precision) => {
    const values = fc.array(fc.integer({ min: 1, max: 3_600_000_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.1, max: 100, noNaN: true }), (samples, percentile) => {
        const exact = exactPercentile(samples, percentile);
        const read = histogramOf(samples, digits).percentileMicros(percentile) ?? 0;
        expect(read).toBeGreaterThanOrEqual(exact);
        expect(read).toBeLessThanOrEqual(exact * (1 + precision) + 1);
      }),
      { numRuns: 200 },
    );
  });

  it.each([2, 3] as const)('with %i digits counts as the library does, read at any time', (digits) => {
    const values = fc.array(fc.integer({ min: 1, max: 3_600_000_000 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(values, values, (before, after) => {
        const histogram = histogramOf(before, digits);
        histogram.percentileMicros(50);
        for (const value of after) histogram.record(value);
        const plain = build({
          lowestDiscernibleValue: 1,
          highestTrackableValue: 3_600_000_000,
          numberOfSignificantValueDigits: digits,
          bitBucketSize: 32,
        });
        for (const value of [...before, ...after]) plain.recordValue(value);
        expect(histogram.encode()).toBe(encodeIntoCompressedBase64(plain));
        expect(histogram.count).toBe(before.length + after.length);
      }),
      { numRuns: 100 },
    );
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000_000 })), (samples) => {
        const before = histogramOf(samples);
        const after = LatencyHistogram.decode(before.encode(), 3);
        expect(latencyOf(after)).toEqual(latencyOf(before));
        expect(after.count).toBe(samples.length);
      }),
      { numRuns: 50 },
    );
  });

  it('counts what lies outside its range at the nearest end', () => {
    const histogram = histogramOf([-5, 0, 9e9]);
    expect(histogram.count).toBe(3);
    expect(histogram.percentileMicros(1)).toBe(1);
    expect(histogram.percentileMicros(100)).toBeGreaterThanOrEqual(3_600_000_000);
  });

  it('has no figures when it is empty', () => {
    expect(latencyOf(new LatencyHistogram(3))).toBeNull();
    expect(new LatencyHistogram(2).encode()).toBe('');
  });

  it.each(['not base64!', 'AAAA'])('says that a stored histogram can not be read: %s', (text) => {
    expect(() => LatencyHistogram.decode(text, 3)).toThrowError(
      expect.objectContaining({ name: 'DocumentInvalid' }),
    );
  });

  it('refuses a histogram of another precision', () => {
    const twoDigits = histogramOf([1, 2, 3], 2).encode();
    expect(() => LatencyHistogram.decode(twoDigits, 3)).toThrowError(/2 digits/);
  });
});
