import type { CallBucket, CallerRole } from '../platform/ports/call-pace.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { PacedTime } from '../platform/ports/paced-time.ts';
import { type ReadBuckets, readBuckets, writeBuckets } from './bucket-document.ts';
import {
  type BucketLevel,
  emptyLevel,
  fullLevel,
  planPauseMillis,
  planRefill,
  planSlowdown,
  planTaking,
  tokensFor,
} from './bucket-level.ts';
import { paidFrom } from './bucket-sizes.ts';
import type { BucketDivision } from './divide-bucket.ts';

export interface LedgerOptions {
  readonly store: ObjectStore;
  readonly key: string;
  readonly role: CallerRole;
  readonly divisions: Readonly<Record<CallBucket, BucketDivision>>;
  readonly time: PacedTime;
  readonly random: () => number;
}

export interface Claim {
  /** How many calls are paid for: as many as were wanted, or as many as there was for, or none. */
  readonly tokens: number;
  /** When they were counted. */
  readonly atMillis: number;
  /** Until there is something for those that are still wanted. */
  readonly pauseMillis: number;
}

const racePauseMillis = 10;
const longestRacePauseMillis = 160;

/** One document of buckets, as one process takes from it: one claim at a time, from what it wrote last if nobody else has since. */
export class BucketLedger {
  readonly #options: LedgerOptions;
  readonly #slowed = new Set<CallBucket>();
  #known: ReadBuckets | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Reads, so that the first claim only has to write. What can't be read is left to the claim. */
  prepare(): void {
    if (this.#known !== undefined) return;
    const { store, key } = this.#options;
    const read = async (): Promise<void> => {
      this.#known ??= await readBuckets(store, key);
    };
    this.#last = this.#last.then(read).catch(() => undefined);
  }

  /** The next claim takes all that is in the bucket away, and slows it down. */
  slowDown(bucket: CallBucket): void {
    this.#slowed.add(bucket);
  }

  /** Takes tokens for so many calls. Waits while others are faster; throws what the store throws. */
  claim(bucket: CallBucket, wanted: number, soon: number): Promise<Claim> {
    const claim = this.#last.then(() => this.#claim(bucket, wanted, soon));
    this.#last = claim.catch(() => undefined);
    return claim;
  }

  async #claim(bucket: CallBucket, wanted: number, soon: number): Promise<Claim> {
    const { store, key, time, random } = this.#options;
    for (let races = 0; ; races++) {
      try {
        const known = this.#known ?? (await readBuckets(store, key));
        const slowed = [...this.#slowed];
        const { claim, levels } = this.#plan(known, bucket, wanted, soon);
        // Waiting changes nothing that others must know.
        if (claim.tokens === 0 && slowed.length === 0 && known.levels !== 'broken') {
          this.#known = undefined;
          return claim;
        }
        const etag = await writeBuckets(store, key, levels, known.etag);
        if (etag !== undefined) {
          this.#known = { levels, etag };
          for (const each of slowed) this.#slowed.delete(each);
          return claim;
        }
      } catch (error) {
        this.#known = undefined;
        throw error;
      }
      this.#known = undefined;
      await time.sleep(random() * Math.min(longestRacePauseMillis, racePauseMillis * 2 ** races));
    }
  }

  #plan(
    known: ReadBuckets,
    bucket: CallBucket,
    wanted: number,
    soon: number,
  ): { readonly claim: Claim; readonly levels: Readonly<Record<string, BucketLevel>> } {
    const { role, divisions, time } = this.#options;
    const now = time.nowMillis();
    const levels: Record<string, BucketLevel> = known.levels === 'broken' ? {} : { ...known.levels };
    const counted = (each: CallBucket): BucketLevel => {
      if (known.levels === 'broken') return emptyLevel(now);
      const level = known.levels[each];
      return level === undefined ? fullLevel(divisions[each], now) : planRefill(level, divisions[each], now);
    };
    for (const each of this.#slowed) levels[each] = planSlowdown(counted(each), now);
    const paid = paidFrom(bucket).map((each) => ({
      each,
      division: divisions[each],
      level: this.#slowed.has(each) ? (levels[each] ?? counted(each)) : counted(each),
    }));
    const tokens = Math.min(wanted, ...paid.map(({ level, division }) => tokensFor(level, division, role)));
    const next = Math.max(1, Math.min(wanted - tokens, soon));
    let pauseMillis = 0;
    for (const { each, division, level } of paid) {
      const left = planTaking(level, division, role, tokens);
      levels[each] = left;
      if (wanted > tokens) pauseMillis = Math.max(pauseMillis, planPauseMillis(left, division, role, next));
    }
    return { claim: { tokens, atMillis: now, pauseMillis }, levels };
  }
}
