/**
 * Seeded randomness: splitmix32 over a hashed seed. A stream is named by integers (seed, purpose, index …), so any
 * element can be drawn alone, on any worker, in any order.
 * Source: Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (2014); 32-bit finaliser of MurmurHash3.
 */
export type Random = () => number;

const mix = (value: number): number => {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** One 32-bit hash of a list of integers; order matters. */
export const hashIntegers = (...parts: readonly number[]): number => {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    // High and low halves both count, so that indices beyond 2^32 stay distinct.
    hash = mix(hash ^ mix(part >>> 0));
    hash = mix(hash + Math.trunc(part / 0x1_0000_0000));
  }
  return hash;
};

/** A stream of uniform numbers in [0, 1), determined by the given integers. */
export const seededRandom = (...stream: readonly number[]): Random => {
  let state = hashIntegers(...stream);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) / 0x1_0000_0000;
  };
};
