import type { BucketSize } from '../../quota/bucket-sizes.ts';
import type { PacedTime } from '../ports/paced-time.ts';

/** After a throttled answer the rate is halved, down to this part of it, and doubles again each time so long has passed. */
const slowest = 1 / 16;
const recoveryMillis = 2_000;

/**
 * A token bucket that gives tokens out in the order they were asked for: whoever asks for many is not overtaken by
 * those who ask for few. In any span of t seconds it gives out burst + t * perSecond at most.
 */
export class TokenBucket {
  readonly #size: BucketSize;
  readonly #time: PacedTime;
  #tokens: number;
  #countedAtMillis: number;
  #pace = 1;
  #slowedAtMillis = Number.NEGATIVE_INFINITY;
  #queue: Promise<void> = Promise.resolve();

  constructor(size: BucketSize, time: PacedTime) {
    this.#size = size;
    this.#time = time;
    this.#tokens = size.burst;
    this.#countedAtMillis = time.nowMillis();
  }

  /** Resolves when that many tokens have been taken out. Throws a `RangeError` for more than the bucket ever holds. */
  take(tokens = 1): Promise<void> {
    if (tokens > this.#size.burst)
      throw new RangeError(`${tokens} tokens never are in a bucket of ${this.#size.burst}`);
    const taken = this.#queue.then(() => this.#wait(tokens));
    this.#queue = taken;
    return taken;
  }

  /** The other side's bucket is emptier than this one thinks: begins again with nothing, and slower for a while. */
  throttled(): void {
    this.#refill();
    this.#tokens = Math.min(0, this.#tokens);
    this.#pace = Math.max(slowest, this.#pace / 2);
    this.#slowedAtMillis = this.#time.nowMillis();
  }

  async #wait(tokens: number): Promise<void> {
    for (;;) {
      this.#refill();
      if (this.#tokens >= tokens) break;
      const ratePerMilli = (this.#size.perSecond * this.#pace) / 1000;
      const missingMillis = Math.ceil((tokens - this.#tokens) / ratePerMilli);
      await this.#time.sleep(this.#pace < 1 ? Math.min(recoveryMillis, missingMillis) : missingMillis);
    }
    this.#tokens -= tokens;
  }

  #refill(): void {
    const now = this.#time.nowMillis();
    const gained = ((now - this.#countedAtMillis) / 1000) * this.#size.perSecond * this.#pace;
    this.#tokens = Math.min(this.#size.burst, this.#tokens + gained);
    this.#countedAtMillis = now;
    while (this.#pace < 1 && now - this.#slowedAtMillis >= recoveryMillis) {
      this.#pace = Math.min(1, this.#pace * 2);
      this.#slowedAtMillis += recoveryMillis;
    }
  }
}
