import type { CallBucket } from '../../src/platform/ports/call-pace.ts';
import type { BucketSize } from '../../src/quota/bucket-sizes.ts';
import type { DrainNeed } from './drain-need.ts';

export interface DrainConditions {
  /** From a call to its answer; it takes effect after half of it. */
  readonly callSeconds: number;
  /** From a balancer's word to silence on the wire. */
  readonly settleSeconds: number;
  readonly buckets: Readonly<Record<CallBucket, BucketSize>>;
}

/** Before which a drain can't be so far, in seconds from the warning. */
export interface DrainMinimum {
  /** The last target is deregistered. */
  readonly deregistered: number;
  /** The last target was confirmed to be deregistered, and has settled: every task may be stopped. */
  readonly settled: number;
  /** The last task that had to wait for that is asked to stop. */
  readonly stopped: number;
}

/** When the last of so many calls can take effect: AWS's bucket is full at first and gains evenly. */
export const emptiedAfter = (calls: number, { burst, perSecond }: BucketSize): number =>
  Math.max(0, (calls - burst) / perSecond);

interface Reading {
  /** From the bucket of reads of instances and tasks. */
  readonly calls: number;
  /** Calls, one after another, of which each needs what the one before has answered. */
  readonly chain: number;
}

const pages = (items: number, size: number): number => Math.max(1, Math.ceil(items / size));

/**
 * Of which tasks lists are read before the last target is deregistered. `running`: where nothing is being stopped, a drain
 * may have deregistered everything before it looks for tasks that are, so sooner than this nobody is. `all`: a task that
 * is being stopped may still get requests, so whoever knows nothing beforehand can't tell earlier that none is left.
 */
export type ListedFirst = 'running' | 'all';

/**
 * What must be read before the last target is known: the container instances (list and describe), then their tasks,
 * wanted running, or those wanted stopped too; then each task's ports. They are listed by instance, or as the pages of the whole cluster, each of which needs the token of the
 * one before it; then all of them must be described, for a listing doesn't say where a task is. Tasks are listed after
 * DRAINING was set, else more of them may come.
 */
const planReadings = (
  { tasksOf, clusterTasks, clusterInstances }: DrainNeed,
  first: ListedFirst,
): readonly Reading[] => {
  const more = first === 'all' ? 1 : 0;
  const instances = tasksOf.length;
  const tasks = tasksOf.reduce((sum, count) => sum + count, 0);
  const found = Math.min(pages(instances, 50), pages(clusterInstances, 100)) + pages(instances, 100);
  const pagesOf = tasksOf.map((count) => pages(count, 100));
  const listed = pagesOf.reduce((sum, count) => sum + count + more, 0);
  const clusterPages = pages(clusterTasks, 100);
  const chain = (listing: number): number => ['find', 'DRAINING', 'describe'].length + listing;
  return [
    { calls: found + listed + pages(tasks, 100), chain: chain(Math.max(...pagesOf)) },
    { calls: found + clusterPages + more + clusterPages, chain: chain(clusterPages) },
  ];
};

/**
 * A lower bound for any drain that finds, sets DRAINING, lists, deregisters, verifies, settles and then stops, on buckets
 * that nobody else takes from: each step waits for the answers it needs, and its last call for the bucket, which isn't
 * used before the first of these calls can be made. What such a drain knows beforehand is nothing. `stops`: tasks
 * that it stops itself; those that ECS has replaced in time don't count.
 */
export const planMinimum = (
  need: DrainNeed,
  stops: number,
  { callSeconds, settleSeconds, buckets }: DrainConditions,
  listedFirst: ListedFirst = 'running',
): DrainMinimum => {
  const half = callSeconds / 2;
  const readings = planReadings(need, listedFirst);
  /** Services are described after the tasks that name them. */
  const answered = (chain: number): number => (chain + 1) * callSeconds;
  const known = Math.min(
    ...readings.map(({ calls, chain }) =>
      Math.max(emptiedAfter(calls, buckets.resourceRead) + half, answered(chain)),
    ),
  );
  const first = answered(Math.min(...readings.map(({ chain }) => chain))) + half;
  const deregistered = Math.max(known + half, first + emptiedAfter(need.groups, buckets.balancerTargets));
  // Both calls for each group, the first of them at `first`; what counts is when the last one was begun.
  const asked = first + emptiedAfter(2 * need.groups, buckets.balancerAny) - half;
  const settled = Math.max(deregistered + half, asked) + settleSeconds;
  const firstStop = first + half + settleSeconds + half;
  const stopped = Math.max(settled + half, firstStop + emptiedAfter(stops, buckets.resourceModify));
  return { deregistered, settled, stopped };
};
