import type { CallBucket } from '../../src/platform/ports/call-pace.ts';
import type { PacedTime } from '../../src/platform/ports/paced-time.ts';
import { callBuckets, paidFrom } from '../../src/quota/bucket-sizes.ts';

/** AWS's side of the buckets: nobody waits, whoever comes too early is refused. */
export class StrictBuckets {
  readonly throttled: string[] = [];
  made = 0;
  readonly #time: PacedTime;
  readonly #levels = new Map<CallBucket, { tokens: number; atMillis: number }>();

  constructor(time: PacedTime) {
    this.#time = time;
  }

  call(bucket: CallBucket): void {
    this.made++;
    const now = this.#time.nowMillis();
    for (const each of paidFrom(bucket)) {
      const { burst, perSecond } = callBuckets[each];
      const level = this.#levels.get(each) ?? { tokens: burst, atMillis: now };
      const tokens = Math.min(burst, level.tokens + ((now - level.atMillis) / 1000) * perSecond);
      if (tokens < 1) this.throttled.push(`${each} at ${now}`);
      this.#levels.set(each, { tokens: Math.max(0, tokens - 1), atMillis: now });
    }
  }
}
