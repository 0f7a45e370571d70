import type { PacedTime } from '../../../src/platform/ports/paced-time.ts';

export interface SdkCalls {
  readonly time: PacedTime;
  readonly random: () => number;
}

/** More than the SDK's default of 3: who meets throttling raises it. */
const mostTries = 10;
const mayPass: ReadonlySet<string> = new Set(['CallThrottled', 'ClusterUnavailable', 'BalancerUnavailable']);

/**
 * A call as the AWS SDK for JavaScript makes it in its standard mode: without asking anybody before, and again after a
 * random part of 0.1 s (throttled: 0.5 s), doubled with each try, of at most 20 s. Undefined when it failed for good.
 */
export const sdkCall = async <Value>(
  { time, random }: SdkCalls,
  call: () => Promise<Value>,
): Promise<Value | undefined> => {
  for (let tried = 1; tried <= mostTries; tried++) {
    try {
      return await call();
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (!mayPass.has(name)) return undefined;
      const base = name === 'CallThrottled' ? 500 : 100;
      await time.sleep(Math.min(20_000, random() * base * 2 ** tried));
    }
  }
  return undefined;
};
