import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { VirtualTime } from '../../src/platform/local/virtual-time.ts';
import type { CallBucket, CallerRole } from '../../src/platform/ports/call-pace.ts';
import type { ObjectStore } from '../../src/platform/ports/object-store.ts';
import { callBuckets, paidFrom } from '../../src/quota/bucket-sizes.ts';
import { callerRoles, defaultParts, partsOf } from '../../src/quota/divide-bucket.ts';
import { SharedPace, type SharedPaceOptions } from '../../src/quota/shared-pace.ts';
import { MemoryStore } from '../run/builders.ts';
import { StrictBuckets } from './strict-buckets.ts';

const buckets = Object.keys(callBuckets) as CallBucket[];
const startMillis = Date.UTC(2026, 0, 1);

/** Every operation takes that long. */
const slowed = (store: MemoryStore, time: VirtualTime, millis: number): ObjectStore => ({
  get: async (key, options) => {
    await time.sleep(millis / 2);
    const got = await store.get(key, options);
    await time.sleep(millis / 2);
    return got;
  },
  put: async (key, body, condition) => {
    await time.sleep(millis / 2);
    const put = await store.put(key, body, condition);
    await time.sleep(millis / 2);
    return put;
  },
  list: (prefix, options) => store.list(prefix, options),
  delete: (key) => store.delete(key),
});

const open = (latencyMillis = 40) => {
  const time = new VirtualTime(startMillis);
  const store = new MemoryStore();
  const strict = new StrictBuckets(time);
  let seed = 1;
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const pace = (role: CallerRole, more: Partial<SharedPaceOptions> = {}): SharedPace =>
    new SharedPace({ store: slowed(store, time, latencyMillis), role, time, random, ...more });
  /** Pays for a call and makes it. */
  const call = async (by: SharedPace, bucket: CallBucket): Promise<void> => {
    await by.pay(bucket);
    strict.call(bucket);
  };
  return { time, store, strict, pace, call };
};

describe('a pace that is shared', () => {
  it('has nobody throttled, however many processes of whatever roles make calls', async () => {
    const caller = fc
      .record({
        role: fc.constantFrom(...callerRoles),
        bucket: fc.constantFrom(...buckets),
        afterMillis: fc.nat(8_000),
        calls: fc.integer({ min: 1, max: 60 }),
        isOneByOne: fc.boolean(),
      })
      .filter(({ role, bucket }) => partsOf(bucket, defaultParts).weights[role] > 0);
    await fc.assert(
      fc.asyncProperty(
        fc.array(caller, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 120 }),
        async (callers, latencyMillis) => {
          const { time, strict, pace, call } = open(latencyMillis);
          const work = callers.map(async ({ role, bucket, afterMillis, calls, isOneByOne }) => {
            const mine = pace(role);
            await time.sleep(afterMillis);
            if (!isOneByOne) return Promise.all(Array.from({ length: calls }, () => call(mine, bucket)));
            for (let made = 0; made < calls; made++) {
              await call(mine, bucket);
              await time.sleep(80);
            }
            return undefined;
          });
          await time.run(Promise.all(work));
          expect(strict.throttled).toEqual([]);
          const wanted = callers.reduce((sum, { calls }) => sum + calls, 0);
          expect(strict.made).toBe(wanted);
        },
      ),
      { numRuns: 60 },
    );
  });

  const ofDrains = buckets.filter((bucket) => partsOf(bucket, defaultParts).weights.drain > 0);

  it.each(ofDrains)('lets a drain that is alone have nearly all of %s', async (bucket) => {
    const { time, pace, call } = open();
    const mine = pace('drain');
    const size = callBuckets[bucket];
    const calls = size.burst + 10 * size.perSecond;
    await time.run(Promise.all(Array.from({ length: calls }, () => call(mine, bucket))));
    const scarcest = Math.max(
      ...paidFrom(bucket).map((each) => (calls - callBuckets[each].burst) / callBuckets[each].perSecond),
    );
    // The reserve, what is kept for the others, and what is lost because tokens may be spent late.
    expect((time.nowMillis() - startMillis) / 1000).toBeLessThan(1.2 * scarcest + 1);
  });

  it('gives a drain most of what there is while others want all of it', async () => {
    const { time, strict, pace } = open();
    const made = { drain: 0, launch: 0, scaling: 0, targets: 0 };
    const untilMillis = startMillis + 20_000;
    const worker = async (role: CallerRole): Promise<void> => {
      const mine = pace(role);
      const one = async (): Promise<void> => {
        while (time.nowMillis() < untilMillis) {
          await mine.pay('resourceModify');
          strict.call('resourceModify');
          made[role]++;
          await time.sleep(100);
        }
      };
      await Promise.all(Array.from({ length: 30 }, one));
    };
    await time.run(Promise.all(callerRoles.map(worker)));
    const all = made.drain + made.launch + made.scaling + made.targets;
    expect(strict.throttled).toEqual([]);
    expect(all).toBeGreaterThan(0.85 * (100 + 20 * 40));
    expect(made.drain / all).toBeGreaterThan(0.55);
    expect(made.launch / all).toBeGreaterThan(0.1);
    expect(made.scaling / all).toBeGreaterThan(0.05);
    expect(made.targets / all).toBeGreaterThan(0.05);
  });

  it('does not ask the store for every call', async () => {
    const { time, store, pace, call } = open();
    let puts = 0;
    store.before = (operation) => {
      if (operation === 'put') puts++;
    };
    const mine = pace('drain');
    await time.run(Promise.all(Array.from({ length: 300 }, () => call(mine, 'resourceModify'))));
    expect(puts).toBeLessThan(40);
  });

  it('slows all roles down when a call is throttled all the same', async () => {
    const { time, store, pace } = open();
    const one = pace('drain');
    const other = pace('launch');
    await time.run(one.pay('resourceRead'));
    one.throttled('resourceRead');
    await time.run(one.pay('resourceRead'));
    expect(store.json('state/buckets/resourceRead.json')).toMatchObject({
      levels: { resourceRead: { pace: 0.5 } },
    });
    const before = time.nowMillis();
    await time.run(Promise.all(Array.from({ length: 10 }, () => other.pay('resourceRead'))));
    expect(time.nowMillis() - before).toBeGreaterThan(1_000);
  });

  it('pays a call for targets from the bucket of all calls too', async () => {
    const { time, store, pace } = open();
    await time.run(pace('targets').pay('balancerTargets'));
    const { levels } = store.json('state/buckets/balancerAny.json') as {
      readonly levels: Readonly<Record<string, { readonly tokens: { readonly targets: number } }>>;
    };
    expect(Object.keys(levels).sort()).toEqual(['balancerAny', 'balancerTargets']);
  });

  it('goes on slowly and says so once while the store fails, then as before', async () => {
    const { time, store, strict, pace, call } = open();
    const warnings: string[] = [];
    const mine = pace('drain', { warn: (message) => warnings.push(message) });
    await time.run(call(mine, 'resourceModify'));
    store.before = () => {
      throw new StoreUnavailableError('no answer');
    };
    const outage = time.nowMillis();
    await time.run(Promise.all(Array.from({ length: 10 }, () => call(mine, 'resourceModify'))));
    const seconds = (time.nowMillis() - outage) / 1000;
    expect(seconds).toBeGreaterThan(10 / (0.2 * 40));
    expect(seconds).toBeLessThan(10 / (0.05 * 40));
    expect(warnings).toEqual([expect.stringContaining('no answer')]);
    store.before = () => undefined;
    const after = time.nowMillis();
    await time.run(Promise.all(Array.from({ length: 30 }, () => call(mine, 'resourceModify'))));
    expect(time.nowMillis() - after).toBeLessThan(1_500);
    expect(strict.throttled).toEqual([]);
  });

  it('asks again when one answer of the store comes too late, and goes on without it when two do', async () => {
    const { time, store } = open();
    const warnings: string[] = [];
    const latencies = [50, 400, 50, 50, 400, 400];
    const mine = new SharedPace({
      store: {
        get: (...asked) => store.get(...asked),
        put: async (...asked) => {
          const put = await store.put(...asked);
          await time.sleep(latencies.shift() ?? 50);
          return put;
        },
        list: (prefix) => store.list(prefix),
        delete: (key) => store.delete(key),
      },
      role: 'drain',
      time,
      warn: (message) => warnings.push(message),
    });
    const secondsOf = async (): Promise<number> => {
      const begun = time.nowMillis();
      await time.run(mine.pay('balancerTargets'));
      await time.run(time.sleep(1_000));
      return (time.nowMillis() - begun) / 1000 - 1;
    };
    expect(await secondsOf()).toBeLessThan(0.1);
    expect(await secondsOf()).toBeLessThan(0.5);
    expect(warnings).toEqual([]);
    expect(await secondsOf()).toBeLessThan(0.1);
    expect(await secondsOf()).toBeGreaterThan(1);
    expect(warnings).toEqual([expect.stringContaining('twice in a row')]);
  });

  it('makes no fewer calls because the store takes its time to fail', async () => {
    const { time, store, strict, call } = open();
    const never = (): Promise<never> =>
      time.sleep(2_000).then(() => {
        throw new StoreUnavailableError('no answer within 2 s');
      });
    const mine = new SharedPace({
      store: { get: never, put: never, list: (prefix) => store.list(prefix), delete: never },
      role: 'drain',
      time,
    });
    const begun = time.nowMillis();
    await time.run(Promise.all(Array.from({ length: 60 }, () => call(mine, 'resourceModify'))));
    const seconds = (time.nowMillis() - begun) / 1000;
    expect(seconds).toBeGreaterThan(60 / (0.1 * 40));
    expect(seconds).toBeLessThan(60 / (0.05 * 40));
    expect(strict.throttled).toEqual([]);
  });

  it('does not go on without the store for longer than a minute', async () => {
    const { time, store, pace } = open();
    store.before = () => {
      throw new StoreUnavailableError('no answer');
    };
    const mine = pace('targets');
    const calls = Array.from({ length: 200 }, () => mine.pay('balancerTargets'));
    const settled = await time.run(Promise.allSettled(calls));
    expect(settled.at(0)?.status).toBe('fulfilled');
    expect(settled.at(-1)).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable' } });
  });

  it('refuses a role that has no part of a bucket, instead of waiting for ever', async () => {
    const { time, pace } = open();
    await expect(time.run(pace('launch').pay('balancerAny'))).rejects.toThrow(
      /launch has no part of balancerAny/,
    );
  });

  it('claims tokens for calls that begin together with one write', async () => {
    const { time, store, pace, call } = open();
    const mine = pace('drain');
    let writes = 0;
    store.before = (what) => {
      if (what === 'put') writes++;
    };
    await time.run(Promise.all(Array.from({ length: 10 }, () => call(mine, 'balancerTargets'))));
    expect(writes).toBe(1);
  });

  it('makes the first call sooner when it was told of it beforehand, and as soon when it could not read', async () => {
    const first = async (prepare: boolean, isAway: boolean): Promise<number> => {
      const { time, store, pace, call } = open();
      const mine = pace('drain');
      let reads = 0;
      store.before = (what) => {
        if (isAway && what === 'get' && reads++ === 0) throw new StoreUnavailableError('no answer');
      };
      if (prepare) mine.prepare(['resourceRead']);
      await time.run(time.sleep(500).then(() => call(mine, 'resourceRead')));
      return time.nowMillis() - startMillis;
    };
    expect(await first(true, false)).toBe((await first(false, false)) - 40);
    expect(await first(true, true)).toBe(await first(false, false));
  });

  it('throws at once what will not pass', async () => {
    const { time, store, pace } = open();
    store.before = () => {
      throw new TypeError('no such right');
    };
    await expect(time.run(pace('drain').pay('capacity'))).rejects.toThrow('no such right');
  });

  it('begins with nothing when the document is broken, and repairs it', async () => {
    const { time, store, pace } = open();
    await store.put('state/buckets/capacity.json', new TextEncoder().encode('{"version":7}'));
    await time.run(pace('drain').pay('capacity'));
    expect(time.nowMillis()).toBeGreaterThan(startMillis + 100);
    expect(store.json('state/buckets/capacity.json')).toMatchObject({ version: 1 });
  });
});
