import type { CallBucket, CallerRole, CallPace } from '../platform/ports/call-pace.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { PacedTime } from '../platform/ports/paced-time.ts';
import { bucketKey } from './bucket-document.ts';
import { BucketLedger } from './bucket-ledger.ts';
import { type BucketSize, callBuckets, paidFrom } from './bucket-sizes.ts';
import {
  type BucketDivision,
  type BucketParts,
  defaultParts,
  partsOf,
  planDivision,
  turnMillis,
} from './divide-bucket.ts';
import { TokenLine } from './token-line.ts';

export interface SharedPaceOptions {
  readonly store: ObjectStore;
  readonly role: CallerRole;
  /** Since the Unix epoch: the processes compare their clocks. */
  readonly time: PacedTime;
  /** 0 to 1; for the length of pauses. */
  readonly random?: () => number;
  readonly sizes?: Readonly<Record<CallBucket, BucketSize>>;
  readonly parts?: BucketParts;
  /** Told, at most once for each outage, that the store fails and calls go on at a slow pace of their own. */
  readonly warn?: (message: string) => void;
}

/** How long tokens may be kept after they were taken. */
const heldMillis = 300;
/** Of the bucket's rate, for one process that can't reach the store; ten of them still are fewer than the bucket takes. */
const blindPart = 0.1;
const longestBlindMillis = 60_000;

const bucketNames = Object.keys(callBuckets) as readonly CallBucket[];

/**
 * The pace of one role's calls, shared with all processes and roles over the object store (`state/buckets/`). Tokens are
 * taken in batches of what is needed at once, and kept for 0.3 s at most.
 *
 * When the store can't be reached, calls are made at a tenth of the rate. After a minute of that, and at once when the store
 * refuses for good, `pay` throws what the store threw.
 */
export class SharedPace implements CallPace {
  readonly #lines: ReadonlyMap<CallBucket, TokenLine>;
  readonly #ledgers = new Map<string, BucketLedger>();
  readonly #options: SharedPaceOptions;
  readonly #divisions: Readonly<Record<CallBucket, BucketDivision>>;
  #blindSinceMillis: number | undefined;

  constructor(options: SharedPaceOptions) {
    this.#options = options;
    const sizes = options.sizes ?? callBuckets;
    const parts = options.parts ?? defaultParts;
    const divisions = Object.fromEntries(
      bucketNames.map((bucket) => [bucket, planDivision(sizes[bucket], partsOf(bucket, parts), heldMillis)]),
    ) as Record<CallBucket, BucketDivision>;
    this.#divisions = divisions;
    this.#lines = new Map(bucketNames.map((bucket) => [bucket, this.#openLine(bucket, divisions)]));
  }

  /** Of `balancerTargets`, the call is paid from `balancerAny` as well. Throws a `RangeError` when the role has no part of it. */
  async pay(bucket: CallBucket): Promise<void> {
    const { role } = this.#options;
    if (this.#divisions[bucket].weights[role] === 0)
      throw new RangeError(`${role} has no part of ${bucket}: give it a weight in divide-bucket.ts`);
    await this.#lines.get(bucket)?.wait();
  }

  prepare(buckets: readonly CallBucket[]): void {
    for (const key of new Set(buckets.map(bucketKey))) this.#ledgers.get(key)?.prepare();
  }

  throttled(bucket: CallBucket): void {
    for (const each of paidFrom(bucket)) {
      this.#ledgers.get(bucketKey(each))?.slowDown(each);
      this.#lines.get(each)?.forget();
    }
  }

  #openLine(bucket: CallBucket, divisions: Readonly<Record<CallBucket, BucketDivision>>): TokenLine {
    const { store, role, time, random = Math.random } = this.#options;
    const key = bucketKey(bucket);
    const ledger = this.#ledgers.get(key) ?? new BucketLedger({ store, key, role, divisions, time, random });
    this.#ledgers.set(key, ledger);
    const { perMilli } = divisions[bucket];
    const soon = Math.max(1, Math.floor(perMilli * turnMillis));
    return new TokenLine({
      time,
      heldMillis,
      claim: async (wanted) => {
        const claim = await ledger.claim(bucket, wanted, soon);
        this.#blindSinceMillis = undefined;
        return claim;
      },
      without: (error) => this.#goBlind(error, 1 / (perMilli * blindPart)),
    });
  }

  #goBlind(error: unknown, pauseMillis: number): number {
    const now = this.#options.time.nowMillis();
    const since = this.#blindSinceMillis ?? now;
    const mayPass = error instanceof Error && error.name === 'StoreUnavailable';
    if (!mayPass || now - since > longestBlindMillis) throw error;
    if (this.#blindSinceMillis === undefined)
      this.#options.warn?.(
        `The object store does not tell how many calls may be made; going on with a tenth of them. ${error.message}`,
      );
    this.#blindSinceMillis = since;
    return pauseMillis;
  }
}
