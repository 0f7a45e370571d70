import type { RunClock } from './engine.ts';

/** setTimeout turns a longer delay into one millisecond. */
const longestDelayMillis = 2 ** 31 - 1;

/**
 * Rings once the run's clock has reached an instant, never before. Moving the instant later costs nothing: the timer
 * that is armed already finds that it woke too early and goes back to sleep, so a connection can set a deadline for
 * each request without touching the timer queue.
 */
export class Alarm {
  readonly #clock: RunClock;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #armedFor = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: RunClock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Replaces the instant set before. */
  set(atMicros: number): void {
    this.#at = atMicros;
    if (atMicros < this.#armedFor) this.#arm(this.#clock.nowMicros());
  }

  /** It doesn't ring, and keeps no timer. */
  close(): void {
    this.#at = Number.POSITIVE_INFINITY;
    this.#armedFor = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
  }

  #arm(now: number): void {
    clearTimeout(this.#timer);
    this.#armedFor = this.#at;
    const delay = Math.min(longestDelayMillis, Math.max(0, Math.trunc((this.#at - now) / 1000)));
    this.#timer = setTimeout(this.#wake, delay);
  }

  readonly #wake = (): void => {
    this.#armedFor = Number.POSITIVE_INFINITY;
    if (this.#at === Number.POSITIVE_INFINITY) return;
    const now = this.#clock.nowMicros();
    if (now < this.#at) {
      this.#arm(now);
      return;
    }
    this.#at = Number.POSITIVE_INFINITY;
    this.#ring();
  };
}
