import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { DocumentInvalidError } from '../errors.ts';
import { type BucketCounts, decodeCounts } from './decode-counts.ts';
import { LatencyCounts } from './latency-counts.ts';

/** Significant decimal digits: 3 for a step's figures (0.1 %), 2 for one second's (1 %). */
export type Digits = 2 | 3;

const longestMicros = 3_600_000_000;
/** What one bucket of 32 bits holds; more samples than this in all may be too many for one of them. */
const mostNarrow = 2 ** 32 - 1;

const emptyHistogram = (digits: Digits, bitBucketSize: 32 | 64): Histogram =>
  build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestMicros,
    numberOfSignificantValueDigits: digits,
    bitBucketSize,
    useWebAssembly: false,
  });

/**
 * Latencies from 1 us to 1 h in an HDR histogram (Gil Tene, hdrhistogram.org). Adding histograms adds counts, so any
 * grouping of samples in any order gives the same one: percentiles are read once, from the merged histogram.
 */
export class LatencyHistogram {
  readonly #digits: Digits;
  /** Tens of kilobytes, so that it is made when there is something to put in. */
  #settled: Histogram | undefined;
  /** What was recorded since `#settled` was looked at. Histograms that are only read, by far most of them, have none. */
  #counts: LatencyCounts | undefined;
  #unsettled = 0;
  /** As it was encoded last, unless it has changed since. */
  #encoded: string | undefined;

  constructor(digits: Digits) {
    this.#digits = digits;
  }

  /** Values outside the range count as its nearest end: nothing is lost from the count. */
  record(micros: number): void {
    this.#counts ??= new LatencyCounts(this.#digits === 3 ? 10 : 7);
    this.#counts.record(micros < 1 ? 1 : micros > longestMicros ? longestMicros : Math.round(micros));
    this.#unsettled++;
    this.#encoded = undefined;
  }

  #settle(): void {
    if (this.#unsettled === 0) return;
    const settled = this.#roomFor(this.#unsettled);
    this.#unsettled = 0;
    this.#counts?.drain((value, count) => settled.recordValueWithCount(value, count));
  }

  get #histogram(): Histogram | undefined {
    this.#settle();
    return this.#settled;
  }

  #roomFor(count: number): Histogram {
    const settled = this.#settled;
    if (settled === undefined) this.#settled = emptyHistogram(this.#digits, count > mostNarrow ? 64 : 32);
    else if (settled.totalCount <= mostNarrow && settled.totalCount + count > mostNarrow) {
      this.#settled = emptyHistogram(this.#digits, 64);
      this.#settled.add(settled);
    }
    return this.#settled as Histogram;
  }

  add(other: LatencyHistogram): void {
    const from = other.#histogram;
    if (from === undefined) return;
    this.#encoded = undefined;
    this.#settle();
    this.#roomFor(from.totalCount).add(from);
  }

  /** Adds what `decodeCounts` has read. */
  addCounts({ values, counts }: BucketCounts): void {
    if (counts.length === 0) return;
    this.#encoded = undefined;
    this.#settle();
    const into = this.#roomFor(counts.reduce((sum, count) => sum + count, 0));
    for (let index = 0; index < values.length; index++)
      into.recordValueWithCount(values[index] as number, counts[index] as number);
  }

  /** Takes out what `other` holds, all of which was recorded here too. */
  subtract(other: LatencyHistogram): void {
    const from = other.#histogram;
    if (from === undefined) return;
    this.#encoded = undefined;
    this.#histogram?.subtract(from);
  }

  get count(): number {
    return (this.#settled?.totalCount ?? 0) + this.#unsettled;
  }

  /** The smallest recorded magnitude that `percentile` percent of the samples don't exceed, 0 < percentile <= 100; null when empty. */
  percentileMicros(percentile: number): number | null {
    return this.count === 0 ? null : (this.#histogram?.getValueAtPercentile(percentile) ?? null);
  }

  meanMicros(): number | null {
    return this.count === 0 ? null : (this.#histogram?.mean ?? null);
  }

  /** HdrHistogram V2, deflated, base64: the format every HdrHistogram library reads. Empty: the empty string. */
  encode(): string {
    const histogram = this.#histogram;
    this.#encoded ??=
      histogram === undefined || histogram.totalCount === 0 ? '' : encodeIntoCompressedBase64(histogram);
    return this.#encoded;
  }

  static decode(text: string, digits: Digits): LatencyHistogram {
    const histogram = new LatencyHistogram(digits);
    histogram.addCounts(readCounts(text, digits));
    return histogram;
  }
}

const noCounts: BucketCounts = { values: [], counts: [] };

/** What a stored histogram holds. Throws `DocumentInvalid` when it can't be read. */
export const readCounts = (text: string, digits: Digits): BucketCounts => {
  if (text === '') return noCounts;
  try {
    return decodeCounts(text, digits);
  } catch (cause) {
    throw new DocumentInvalidError(`A stored histogram can't be read: ${String(cause)}`, { cause });
  }
};
