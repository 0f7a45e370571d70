import type { Capacity } from '../ports/worker-fleet.ts';
import { type BucketSize, type PacedTime, TokenBucket } from './token-bucket.ts';

/**
 * ECS's buckets, for each account and region ("Request throttling for the Amazon ECS API", "AWS Fargate throttling
 * quotas" in the ECS developer guide). Launches are counted in tasks, on-demand and spot apart; the others in calls.
 */
export const ecsBuckets = {
  launch: { burst: 100, perSecond: 20 },
  runTask: { burst: 20, perSecond: 20 },
  /** RunTask, StopTask and others together. */
  clusterModify: { burst: 100, perSecond: 40 },
  /** ListTasks, DescribeTasks and others together. */
  clusterRead: { burst: 100, perSecond: 20 },
} as const satisfies Readonly<Record<string, BucketSize>>;

/**
 * The part of each that one fleet takes. Nearly all of what launches need: a launch lasts as long as these buckets
 * force it to, and a throttled answer slows it down. Half of the reads, which the account's other tools need as well.
 */
const ownPart = { launch: 0.95, runTask: 0.95, clusterModify: 0.8, clusterRead: 0.5 } as const;

type Bucket = keyof typeof ecsBuckets;

const partOf = (bucket: Bucket): BucketSize => ({
  burst: ecsBuckets[bucket].burst * ownPart[bucket],
  perSecond: ecsBuckets[bucket].perSecond * ownPart[bucket],
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

const realTime: PacedTime = {
  nowMillis: () => performance.now(),
  sleep: (millis) => new Promise((resolve) => setTimeout(resolve, millis)),
};

export const ecsPace = (time: PacedTime = realTime): EcsPace => {
  const bucket = (name: Bucket): TokenBucket => new TokenBucket(partOf(name), time);
  const [runTask, modify, read] = [bucket('runTask'), bucket('clusterModify'), bucket('clusterRead')];
  const launches = { 'on-demand': bucket('launch'), spot: bucket('launch') };
  return {
    time,
    read: { pay: () => read.take(), throttled: () => read.throttled() },
    stop: { pay: () => modify.take(), throttled: () => modify.throttled() },
    launch: (capacity, tasks) => ({
      async pay() {
        // The scarcest first: what is held while waiting for it would be lost to the other capacity.
        await launches[capacity].take(tasks);
        await runTask.take();
        await modify.take();
      },
      throttled: () => launches[capacity].throttled(),
    }),
  };
};
