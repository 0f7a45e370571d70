import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src/platform/aws/token-bucket.ts';
import { VirtualTime } from '../../../src/platform/local/virtual-time.ts';

interface Grant {
  readonly atMillis: number;
  readonly tokens: number;
  readonly caller: number;
}

interface Ask {
  readonly afterMillis: number;
  readonly tokens: number;
  readonly throttled: boolean;
}

const ask = fc.record({
  afterMillis: fc.integer({ min: 0, max: 3_000 }),
  tokens: fc.integer({ min: 1, max: 10 }),
  throttled: fc.boolean(),
});
const size = fc.record({
  burst: fc.integer({ min: 10, max: 100 }),
  perSecond: fc.double({ min: 0.5, max: 50, noNaN: true }),
});

/** Callers come one after the other, each so long after the one before; some are answered that they came too early. */
const askAll = async (
  bucketSize: { burst: number; perSecond: number },
  asks: readonly Ask[],
  throttling = false,
): Promise<readonly Grant[]> => {
  const time = new VirtualTime();
  const bucket = new TokenBucket(bucketSize, time);
  const grants: Grant[] = [];
  const come = async (): Promise<void> => {
    const taken: Promise<void>[] = [];
    for (const [caller, { afterMillis, tokens, throttled }] of asks.entries()) {
      await time.sleep(afterMillis);
      if (throttling && throttled) bucket.throttled();
      taken.push(
        bucket.take(tokens).then(() => void grants.push({ atMillis: time.nowMillis(), tokens, caller })),
      );
    }
    await Promise.all(taken);
  };
  await time.run(come());
  return grants;
};

/** The most that any span of time was given above what a bucket of that size holds. */
const overdraft = (grants: readonly Grant[], { burst, perSecond }: { burst: number; perSecond: number }) => {
  let worst = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < grants.length; from++) {
    let given = 0;
    for (let to = from; to < grants.length; to++) {
      given += grants[to]?.tokens ?? 0;
      const spanMillis = (grants[to]?.atMillis ?? 0) - (grants[from]?.atMillis ?? 0);
      worst = Math.max(worst, given - burst - (spanMillis / 1000) * perSecond);
    }
  }
  return worst;
};

describe('a token bucket', () => {
  it('never gives out more than it holds and gains, however callers come, throttled or not', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.array(ask, { maxLength: 40 }), fc.boolean(), async (of, asks, throttling) => {
        expect(overdraft(await askAll(of, asks, throttling), of)).toBeLessThan(1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('gives everybody what they asked for, in the order they asked', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.array(ask, { maxLength: 40 }), fc.boolean(), async (of, asks, throttling) => {
        const grants = await askAll(of, asks, throttling);
        expect(grants.map(({ caller }) => caller)).toEqual(asks.map((_, caller) => caller));
      }),
      { numRuns: 60 },
    );
  });

  it('lets nobody wait longer than the bucket forces it to', async () => {
    const grants = await askAll(
      { burst: 20, perSecond: 5 },
      Array.from({ length: 12 }, () => ({ afterMillis: 0, tokens: 10, throttled: false })),
    );
    // 120 tokens: 20 at once, the last ten 100 tokens later.
    expect(grants.at(-1)?.atMillis).toBe(20_000);
  });

  it('begins with nothing and slower after a throttled answer, and recovers', async () => {
    const time = new VirtualTime();
    const bucket = new TokenBucket({ burst: 10, perSecond: 10 }, time);
    bucket.throttled();
    const takenAt: number[] = [];
    await time.run(
      (async () => {
        for (let taken = 0; taken < 40; taken++) {
          await bucket.take();
          takenAt.push(time.nowMillis());
        }
      })(),
    );
    expect(takenAt[0]).toBe(200);
    expect((takenAt[39] ?? 0) - (takenAt[29] ?? 0)).toBe(1_000);
  });

  it('goes on however often it was throttled', async () => {
    const time = new VirtualTime();
    const bucket = new TokenBucket({ burst: 10, perSecond: 10 }, time);
    for (let times = 0; times < 100; times++) bucket.throttled();
    await time.run(bucket.take(10));
    expect(time.nowMillis()).toBeLessThan(10_000);
  });

  it('refuses to wait for more tokens than it ever holds', () => {
    const bucket = new TokenBucket({ burst: 10, perSecond: 1 }, new VirtualTime());
    expect(() => bucket.take(11)).toThrow(RangeError);
  });
});
