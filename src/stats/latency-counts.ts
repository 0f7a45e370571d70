/**
 * Counts of values in the buckets of an HDR histogram: values below `2 * halfCount` have one each, and each doubling
 * beyond has `halfCount` of equal width. (Gil Tene's layout, with a unit of 1; github.com/HdrHistogram.) Counting is the
 * engine's most frequent act, so here it is three integer operations and an increment.
 */
export class LatencyCounts {
  readonly #halfBits: number;
  readonly #counts: Uint32Array;
  #lowest = Number.POSITIVE_INFINITY;
  #highest = -1;

  /** `halfCount` is 2 to the power of `halfBits`: 1024 keeps 3 digits, 128 keeps 2. Values are below 2^32. */
  constructor(halfBits: number) {
    this.#halfBits = halfBits;
    this.#counts = new Uint32Array((32 - halfBits + 1) << halfBits);
  }

  /** `value` is a whole number from 0 to 2^32 - 1. */
  record(value: number): void {
    const bits = 32 - Math.clz32(value);
    const doublings = bits > this.#halfBits + 1 ? bits - this.#halfBits - 1 : 0;
    const index = (doublings << this.#halfBits) + (value >>> doublings);
    this.#counts[index] = (this.#counts[index] as number) + 1;
    if (index < this.#lowest) this.#lowest = index;
    if (index > this.#highest) this.#highest = index;
  }

  /** Calls back with a value of each bucket that has counts, and begins anew. */
  drain(onBucket: (value: number, count: number) => void): void {
    for (let index = this.#lowest; index <= this.#highest; index++) {
      const count = this.#counts[index] as number;
      if (count === 0) continue;
      const doublings = Math.max(0, (index >>> this.#halfBits) - 1);
      onBucket((index - (doublings << this.#halfBits)) * 2 ** doublings, count);
      this.#counts[index] = 0;
    }
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#highest = -1;
  }
}
