import fc from 'fast-check';
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/stats/latency-histogram.ts';

const libraryHistogram = (digits: 2 | 3, bitBucketSize: 32 | 64 = 32) =>
  build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: digits,
    bitBucketSize,
  });

describe('reading a stored histogram', () => {
  it.each([2, 3] as const)('of %i digits finds what the library finds, of any size', (digits) => {
    const bucket = fc.record({
      value: fc.integer({ min: 1, max: 3_600_000_000 }),
      count: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 })),
    });
    fc.assert(
      fc.property(fc.array(bucket, { minLength: 1, maxLength: 60 }), (buckets) => {
        const written = libraryHistogram(digits, 64);
        for (const { value, count } of buckets) written.recordValueWithCount(value, count);
        const text = encodeIntoCompressedBase64(written);
        const known = decodeFromCompressedBase64(text, 64, false);
        const read = LatencyHistogram.decode(text, digits);
        expect(read.count).toBe(known.totalCount);
        for (const percentile of [0.1, 50, 90, 99, 99.9, 100])
          expect(read.percentileMicros(percentile)).toBe(known.getValueAtPercentile(percentile));
        expect(read.encode()).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it('holds more samples in a bucket than 32 bits can count', () => {
    const most = new LatencyHistogram(3);
    const written = libraryHistogram(3);
    written.recordValueWithCount(5000, 3_000_000_000);
    const text = encodeIntoCompressedBase64(written);
    for (let time = 0; time < 3; time++) most.add(LatencyHistogram.decode(text, 3));
    expect(most.count).toBe(9_000_000_000);
    expect(most.percentileMicros(99)).toBeGreaterThanOrEqual(5000);
    expect(LatencyHistogram.decode(most.encode(), 3).count).toBe(9_000_000_000);
  });
});
