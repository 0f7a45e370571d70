import { seededRandom } from './random.ts';

/**
 * Where arrival i lies in cumulative-rate space. Even arrivals lie at i. Poisson arrivals lie in blocks: block b
 * covers [b*1024, (b+1)*1024) with 1,024 sorted uniforms of its own seed, which is a Poisson process conditioned on
 * its count per block (Kingman, "Poisson Processes", 1993, 2.4), so that any arrival can be computed alone.
 */
export interface ArrivalProcess {
  /** Not decreasing in i. */
  position(arrival: number): number;
  /** How many arrivals lie before `cumulative`: the number of i with position(i) < cumulative. */
  countBefore(cumulative: number): number;
}

/** Less than a millionth of an arrival is rounding, not load: 200/s for 20 s is 4,000 arrivals, never 4,001. */
const roundingSlack = 1e-6;

export const evenArrivals: ArrivalProcess = {
  position: (arrival) => arrival,
  countBefore: (cumulative) => Math.max(0, Math.ceil(cumulative - roundingSlack)),
};

export const blockSize = 1024;

export const poissonArrivals = (seed: number): ArrivalProcess => {
  let cachedBlock = -1;
  let cached = new Float64Array(0);
  const positions = (block: number): Float64Array => {
    if (block !== cachedBlock) {
      const random = seededRandom(seed, 0x706f6973, block);
      cached = Float64Array.from({ length: blockSize }, () => (block + random()) * blockSize);
      cached.sort();
      cachedBlock = block;
    }
    return cached;
  };
  return {
    position: (arrival) => positions(Math.floor(arrival / blockSize))[arrival % blockSize] as number,
    countBefore(cumulative) {
      if (cumulative <= 0) return 0;
      const block = Math.floor(cumulative / blockSize);
      const inBlock = positions(block);
      let low = 0;
      let high = blockSize;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((inBlock[middle] as number) < cumulative) low = middle + 1;
        else high = middle;
      }
      return block * blockSize + low;
    },
  };
};
