import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scalingTick } from '../../../src/scaling/tick/scaling-tick.ts';
import { aServicePolicy } from '../support/a-policy.ts';
import { Shop } from '../support/a-shop.ts';
import { mortalPorts } from '../support/mortal-ports.ts';

const because = 'schedule';

/** Two services that are too busy, of five tasks at most: what is done must end there, whoever dies on the way. */
const busy = async (): Promise<Shop> => {
  const shop = new Shop();
  const services = ['web', 'api'].map((service) => aServicePolicy({ service, maximum: 5 }));
  await shop.apply({ services });
  for (const serviceName of ['web', 'api']) {
    shop.cluster.addService({ serviceName, desiredCount: 4 });
    shop.metrics.cloudWatch.values.set(serviceName, 50);
  }
  return shop;
};

const tickUntilDead = async (shop: Shop, callsLeft: number, isDone: boolean): Promise<number> => {
  const { ports, died, made } = mortalPorts(shop.ports, callsLeft, isDone);
  await Promise.race([died, scalingTick(ports, 'shop', { because }).catch(() => undefined)]);
  await turn();
  return made();
};

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  ['had its effect', true],
  ['had none', false],
])('a tick that dies at a call that %s', (_, isDone) => {
  it('leaves facts that the next ones make right', async () => {
    const calls = await tickUntilDead(await busy(), Number.POSITIVE_INFINITY, isDone);
    expect(calls).toBeGreaterThan(9);
    for (let callsLeft = 0; callsLeft < calls; callsLeft++) {
      const shop = await busy();
      await tickUntilDead(shop, callsLeft, isDone);
      for (let minute = 0; minute < 2; minute++) {
        shop.nowMillis += 60_000;
        await scalingTick(shop.ports, 'shop', { because });
      }
      expect([...shop.cluster.changes].sort(), `died at call ${callsLeft}`).toEqual([
        'api 4 -> 5',
        'web 4 -> 5',
      ]);
      const rows = await shop.rows();
      for (const subject of ['service/web', 'service/api'])
        expect(
          rows.some((row) => row.subject === subject && row.outcome === 'out'),
          `the row of ${subject}, died at call ${callsLeft}`,
        ).toBe(true);
    }
  });
});
