/** Time that can be waited in; a simulation hands in its own. */
export interface PacedTime {
  /** Milliseconds; since the Unix epoch where they are compared with instants from outside. */
  nowMillis(): number;
  sleep(millis: number): Promise<void>;
}
