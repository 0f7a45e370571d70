import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryKey } from '../../../src/scaling/scaling-memory.ts';
import { type FastTickResult, fastTick } from '../../../src/scaling/tick/fast-tick.ts';
import { parseFastTickInput } from '../../../src/scaling/tick/parse-fast-tick-input.ts';
import { Shop, start, watched } from '../support/a-shop.ts';

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What one execution does, in the shop's time; a tick takes 300 ms. */
const minute = async (shop: Shop, ports = shop.ports): Promise<readonly FastTickResult[]> => {
  const input = { startedAtMillis: shop.nowMillis };
  const results: FastTickResult[] = [];
  for (;;) {
    const result = await fastTick(ports, input);
    results.push(result);
    shop.nowMillis += 300;
    if (result.done) return results;
    shop.nowMillis += result.waitSeconds * 1000;
  }
};

const ticksOf = (results: readonly FastTickResult[]): readonly string[] =>
  results.flatMap(({ ticks }) =>
    ticks.ticks.map((tick) => `${tick.cluster} ${tick.kind === 'ticked' ? 'ticked' : tick.reason}`),
  );

const aShop = async (everySeconds: number): Promise<Shop> => {
  const shop = new Shop();
  await shop.apply({ everySeconds });
  shop.cluster.addService({ serviceName: 'web', desiredCount: 4 });
  shop.metrics.cloudWatch.values.set('web', 20);
  return shop;
};

describe('a minute of fast ticks', () => {
  it('ticks a cluster as often as its policy says', async () => {
    const shop = await aShop(20);
    expect(ticksOf(await minute(shop))).toEqual(['shop ticked', 'shop ticked', 'shop ticked']);
  });

  it('waits for what an execution before it has ticked', async () => {
    const shop = await aShop(50);
    await minute(shop);
    shop.nowMillis = start + 60_000;
    const next = await minute(shop);
    expect(ticksOf(next)).toEqual(['shop not-due', 'shop ticked']);
    expect(next[0]?.waitSeconds).toBe(40);
  });

  it('has nothing to do with a policy that ticks each minute', async () => {
    const shop = await aShop(60);
    const results = await minute(shop);
    expect(results).toMatchObject([{ done: true, waitSeconds: 0, ticks: { ticks: [] } }]);
  });

  it('is over at once where the policy is paused, or there is none', async () => {
    const shop = new Shop();
    expect(await minute(shop)).toHaveLength(1);
    await shop.apply({ everySeconds: 10, paused: true });
    expect(ticksOf(await minute(shop))).toEqual(['shop paused']);
  });

  it('goes on with the others when one of the clusters fails, and tries it again when it would have been due', async () => {
    const shop = await aShop(30);
    await shop.apply({ everySeconds: 30, cluster: 'broken' });
    const store = watched(shop.store, (method, [key]) => {
      if (method === 'get' && String(key).startsWith('state/scaling/broken')) throw new Error('no answer');
    });
    const results = await minute(shop, { ...shop.ports, store, clusters: ['broken', 'shop'] });
    expect(ticksOf(results)).toEqual(['shop ticked', 'shop ticked']);
    for (const { ticks } of results)
      expect(ticks.failed).toEqual([{ cluster: 'broken', reason: expect.any(String) }]);
  });

  it('tries the only one again, too', async () => {
    const shop = await aShop(30);
    const store = watched(shop.store, (method, [key]) => {
      if (method === 'get' && key === memoryKey('shop')) throw new Error('no answer');
    });
    expect(await minute(shop, { ...shop.ports, store })).toHaveLength(2);
  });

  it('ticks a dry run no more often than any other', async () => {
    const shop = await aShop(20);
    await shop.apply({ everySeconds: 20, dryRun: true });
    expect(await minute(shop)).toHaveLength(3);
  });
});

describe('the input of a fast tick', () => {
  it('is the instant at which its minute began', () => {
    expect(parseFastTickInput({ startedAt: '2026-11-21T09:30:00Z' })).toEqual({ startedAtMillis: start });
  });

  it.each([[{}], [{ startedAt: 'soon' }], [{ startedAt: 5 }], [null]])(
    'is refused when it is %j',
    (input) => {
      expect(() => parseFastTickInput(input)).toThrow(/The state's input is wrong/);
    },
  );
});
