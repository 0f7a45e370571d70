import type { CallBucket, CallPace } from '../platform/ports/call-pace.ts';
import type { PacedTime } from '../platform/ports/paced-time.ts';

export interface CallPorts {
  readonly pace: CallPace;
  readonly time: PacedTime;
  readonly random: () => number;
}

const mostTries = 5;
const passing: ReadonlySet<string> = new Set([
  'CallThrottled',
  'ClusterUnavailable',
  'BalancerUnavailable',
  'CapacityUnavailable',
  'MetricsUnavailable',
  'CatalogUnavailable',
  'SqlUnavailable',
]);

/** Whether the same call may succeed a little later. */
export const mayPass = (error: unknown): boolean => error instanceof Error && passing.has(error.name);

/**
 * Pays for a call, makes it, and makes it again after a pause with jitter (up to 0.2, 0.4, 0.8, 1.6 s) when it fails in a
 * way that may pass. Throws what the fifth try threw, or at once what won't pass.
 */
export const pacedCall = async <Result>(
  { pace, time, random }: CallPorts,
  buckets: CallBucket | readonly CallBucket[],
  call: () => Promise<Result>,
): Promise<Result> => {
  const all: readonly CallBucket[] = typeof buckets === 'string' ? [buckets] : buckets;
  for (let tried = 1; ; tried++) {
    for (const bucket of all) await pace.pay(bucket);
    try {
      return await call();
    } catch (error) {
      if (!mayPass(error) || tried === mostTries) throw error;
      if (error instanceof Error && error.name === 'CallThrottled')
        for (const bucket of all) pace.throttled(bucket);
      await time.sleep(100 * 2 ** tried * (0.5 + random() / 2));
    }
  }
};

/** Carries out `work` on each item, at most `atOnce` at a time. What `work` throws ends it: catch in there. */
export const eachOf = async <Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const left = items.values();
  const one = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, one));
};

export const inBatches = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
