/** Wall-clock time, for use cases; a test hands in one that stands still. */
export interface WallClock {
  /** Milliseconds since the Unix epoch. */
  nowMillis(): number;
}
