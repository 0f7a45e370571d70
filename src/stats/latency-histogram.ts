import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import { DocumentInvalidError } from '../errors.ts';
import { LatencyCounts } from './latency-counts.ts';

/** Significant decimal digits: 3 for a step's figures (0.1 %), 2 for one second's (1 %). */
export type Digits = 2 | 3;

const longestMicros = 3_600_000_000;

/**
 * Latencies from 1 us to 1 h in an HDR histogram (Gil Tene, hdrhistogram.org). Adding histograms adds counts, so any
 * grouping of samples in any order gives the same one: percentiles are read once, from the merged histogram.
 */
export class LatencyHistogram {
  readonly #digits: Digits;
  readonly #settled: Histogram;
  /** What was recorded since `#settled` was looked at. Histograms that are only read, by far most of them, have none. */
  #counts: LatencyCounts | undefined;
  #unsettled = 0;
  /** As it was encoded last, unless it has changed since. */
  #encoded: string | undefined;

  constructor(digits: Digits, from?: Histogram) {
    this.#digits = digits;
    this.#settled =
      from ??
      build({
        lowestDiscernibleValue: 1,
        highestTrackableValue: longestMicros,
        numberOfSignificantValueDigits: digits,
        bitBucketSize: 32,
        useWebAssembly: false,
      });
  }

  /** Values outside the range count as its nearest end: nothing is lost from the count. */
  record(micros: number): void {
    this.#counts ??= new LatencyCounts(this.#digits === 3 ? 10 : 7);
    this.#counts.record(micros < 1 ? 1 : micros > longestMicros ? longestMicros : Math.round(micros));
    this.#unsettled++;
    this.#encoded = undefined;
  }

  get #histogram(): Histogram {
    if (this.#unsettled > 0) {
      this.#unsettled = 0;
      this.#counts?.drain((value, count) => this.#settled.recordValueWithCount(value, count));
    }
    return this.#settled;
  }

  add(other: LatencyHistogram): void {
    this.#encoded = undefined;
    this.#histogram.add(other.#histogram);
  }

  /** Takes out what `other` holds, all of which was recorded here too. */
  subtract(other: LatencyHistogram): void {
    this.#encoded = undefined;
    this.#histogram.subtract(other.#histogram);
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** The smallest recorded magnitude that `percentile` percent of the samples don't exceed, 0 < percentile <= 100; null when empty. */
  percentileMicros(percentile: number): number | null {
    return this.count === 0 ? null : this.#histogram.getValueAtPercentile(percentile);
  }

  meanMicros(): number | null {
    return this.count === 0 ? null : this.#histogram.mean;
  }

  /** HdrHistogram V2, deflated, base64: the format every HdrHistogram library reads. Empty: the empty string. */
  encode(): string {
    this.#encoded ??= this.count === 0 ? '' : encodeIntoCompressedBase64(this.#histogram);
    return this.#encoded;
  }

  static decode(text: string, digits: Digits): LatencyHistogram {
    if (text === '') return new LatencyHistogram(digits);
    try {
      const histogram = decodeFromCompressedBase64(text, 32, false);
      if (histogram.numberOfSignificantValueDigits !== digits) {
        throw new Error(`has ${histogram.numberOfSignificantValueDigits} digits, expected ${digits}`);
      }
      return new LatencyHistogram(digits, histogram);
    } catch (cause) {
      throw new DocumentInvalidError(`A stored histogram can't be read: ${String(cause)}`, { cause });
    }
  }
}
