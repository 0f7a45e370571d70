import { type BucketSize, callBuckets, launchBuckets } from '../../quota/bucket-sizes.ts';
import type { CallPace } from '../ports/call-pace.ts';
import type { PacedTime } from '../ports/paced-time.ts';
import type { Capacity } from '../ports/worker-fleet.ts';
import { TokenBucket } from './token-bucket.ts';

/** ECS's buckets that a fleet's calls are paid from (bucket-sizes.ts). Launches are counted in tasks, the others in calls. */
export const ecsBuckets = {
  launch: launchBuckets.launch,
  runTask: launchBuckets.runTask,
  clusterModify: callBuckets.resourceModify,
  clusterRead: callBuckets.resourceRead,
} as const satisfies Readonly<Record<string, BucketSize>>;

/** The part of Fargate's own buckets that one fleet takes: a launch lasts as long as these force it to, and a throttled answer slows it down. */
const launchPart = 0.95;
/** Of a shared bucket, for a process that can't be told how much of it is left. */
const blindPart = 0.1;

const partOf = ({ burst, perSecond }: BucketSize, part: number): BucketSize => ({
  burst: burst * part,
  perSecond: perSecond * part,
});

/** What must be had before a call is made, and be told when the call is throttled. */
export interface Toll {
  pay(): Promise<void>;
  throttled(): void;
}

/** The tolls of one fleet's calls, in the time they live in. */
export interface EcsPace {
  readonly time: PacedTime;
  readonly read: Toll;
  readonly stop: Toll;
  launch(capacity: Capacity, tasks: number): Toll;
}

/**
 * Reads and changes are paid from the buckets that are shared with drains and whoever else calls ECS; what only launches on
 * Fargate take, from buckets of this process. Where the shared ones can't be told, calls go on slowly: a run must be
 * able to stop its workers whatever became of the object store.
 */
export const ecsPace = (shared: CallPace, time: PacedTime): EcsPace => {
  const toll = (bucket: 'resourceRead' | 'resourceModify'): Toll => {
    const blind = new TokenBucket(partOf(callBuckets[bucket], blindPart), time);
    return {
      pay: () => shared.pay(bucket).catch(() => blind.take()),
      throttled: () => {
        shared.throttled(bucket);
        blind.throttled();
      },
    };
  };
  const [read, modify] = [toll('resourceRead'), toll('resourceModify')];
  const ofFargate = (size: BucketSize): TokenBucket => new TokenBucket(partOf(size, launchPart), time);
  const runTask = ofFargate(ecsBuckets.runTask);
  const launches = { 'on-demand': ofFargate(ecsBuckets.launch), spot: ofFargate(ecsBuckets.launch) };
  return {
    time,
    read,
    stop: modify,
    launch: (capacity, tasks) => ({
      async pay() {
        // The scarcest first: what is held while waiting for it would be lost to the other capacity.
        await launches[capacity].take(tasks);
        await runTask.take();
        // Last, because what was taken from a shared bucket must be spent at once.
        await modify.pay();
      },
      throttled: () => launches[capacity].throttled(),
    }),
  };
};
