import { ServiceUnavailableError } from '../../errors.ts';
import type { CallBucket, CallPace } from '../../platform/ports/call-pace.ts';
import type { PacedTime } from '../../platform/ports/paced-time.ts';
import type { CallCounts } from './tick-result.ts';

/** The pace of one tick: counts calls, and lets no call begin when the time for calls is over. */
export class CountedPace implements CallPace {
  readonly #pace: CallPace;
  readonly #time: PacedTime;
  readonly #counts = new Map<CallBucket, number>();
  #untilMillis: number;

  constructor(pace: CallPace, time: PacedTime, untilMillis: number) {
    this.#pace = pace;
    this.#time = time;
    this.#untilMillis = untilMillis;
  }

  get counts(): CallCounts {
    return Object.fromEntries(this.#counts);
  }

  /** A later part of the tick has its own time. */
  extend(untilMillis: number): void {
    this.#untilMillis = untilMillis;
  }

  async pay(bucket: CallBucket): Promise<void> {
    this.#requireTime(bucket);
    await this.#pace.pay(bucket);
    // The wait may have been long, and others have ticked since.
    this.#requireTime(bucket);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
  }

  #requireTime(bucket: CallBucket): void {
    if (this.#time.nowMillis() >= this.#untilMillis)
      throw new ServiceUnavailableError(`no time is left for calls of ${bucket}; the next tick goes on`);
  }

  prepare(buckets: readonly CallBucket[]): void {
    this.#pace.prepare?.(buckets);
  }

  throttled(bucket: CallBucket): void {
    this.#pace.throttled(bucket);
  }
}
