import type { CallBucket } from '../../ports/call-pace.ts';
import type { PacedTime } from '../../ports/paced-time.ts';

/** So many calls at once, then so many a second. */
export interface StrictBucketSize {
  readonly burst: number;
  readonly perSecond: number;
}

export type BucketSizes = Readonly<Record<CallBucket, StrictBucketSize>>;

/**
 * As documented, for each account and region ("Request throttling for the Amazon ECS API"; "Request throttling for the
 * Elastic Load Balancing API"). Auto Scaling documents none: a guess on the safe side.
 */
export const documentedBuckets: BucketSizes = {
  clusterRead: { burst: 50, perSecond: 20 },
  resourceRead: { burst: 100, perSecond: 20 },
  resourceModify: { burst: 100, perSecond: 40 },
  serviceRead: { burst: 100, perSecond: 20 },
  serviceModify: { burst: 50, perSecond: 5 },
  definitionRead: { burst: 50, perSecond: 20 },
  protection: { burst: 200, perSecond: 80 },
  balancerAny: { burst: 40, perSecond: 10 },
  balancerTargets: { burst: 20, perSecond: 4 },
  capacity: { burst: 20, perSecond: 5 },
  fleetRead: { burst: 50, perSecond: 10 },
  fleetModify: { burst: 50, perSecond: 5 },
  metricRead: { burst: 50, perSecond: 50 },
};

/** AWS's side of a bucket: nobody waits, whoever comes too early is refused. */
class StrictBucket {
  readonly #size: StrictBucketSize;
  #tokens: number;
  #atMillis: number;

  constructor(size: StrictBucketSize, nowMillis: number) {
    this.#size = size;
    this.#tokens = size.burst;
    this.#atMillis = nowMillis;
  }

  has(nowMillis: number): boolean {
    const gained = ((nowMillis - this.#atMillis) / 1000) * this.#size.perSecond;
    this.#tokens = Math.min(this.#size.burst, this.#tokens + gained);
    this.#atMillis = nowMillis;
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens -= 1;
  }
}

export class SimulatedBuckets {
  readonly #time: PacedTime;
  readonly #buckets: ReadonlyMap<CallBucket, StrictBucket>;

  constructor(sizes: BucketSizes, time: PacedTime) {
    this.#time = time;
    const names = Object.keys(sizes) as CallBucket[];
    this.#buckets = new Map(names.map((name) => [name, new StrictBucket(sizes[name], time.nowMillis())]));
  }

  /** A token of each, or of none. */
  take(names: readonly CallBucket[]): boolean {
    const now = this.#time.nowMillis();
    const buckets = names.map((name) => this.#buckets.get(name));
    if (!buckets.every((bucket) => bucket?.has(now) ?? false)) return false;
    for (const bucket of buckets) bucket?.take();
    return true;
  }
}
