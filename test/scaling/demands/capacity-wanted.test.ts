import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { capacityWanted } from '../../../src/scaling/demands/capacity-wanted.ts';
import { type DemandDocument, demandKey } from '../../../src/scaling/demands/demand-document.ts';
import { scalingTick } from '../../../src/scaling/tick/scaling-tick.ts';
import { Shop, start, watched } from '../support/a-shop.ts';

const request = (taskId: string, cluster = 'shop'): string =>
  JSON.stringify({ group_name: 'service:web', cluster, cpu: 512, memory: 1024, task_id: taskId });

const batch = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })),
});
const none = {
  wanted: 0,
  known: 0,
  ignored: 0,
  unreadable: 0,
  unknownCluster: 0,
  ticked: 0,
  tickFailures: 0,
};

const aShop = async () => {
  const shop = new Shop();
  await shop.apply();
  shop.cluster.addService({ serviceName: 'web' });
  const document = () => shop.json<DemandDocument>(demandKey('shop'));
  return { shop, document };
};

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('messages about tasks that found no room', () => {
  it('are merged, and their cluster ticks at once', async () => {
    const { shop, document } = await aShop();
    const answer = await capacityWanted(shop.ports, batch(request('t-1'), request('t-2'), request('t-1')));
    expect(answer).toMatchObject({
      batchItemFailures: [],
      counts: { ...none, wanted: 2, known: 1, ticked: 1 },
    });
    expect(await document()).toMatchObject({ requests: [{ taskId: 't-1' }, { taskId: 't-2' }] });
    expect(await shop.memory()).toMatchObject({ tickedAtMillis: start });
  });

  it('of one batch make one tick; the next one waits until ten seconds have passed', async () => {
    const { shop } = await aShop();
    await capacityWanted(shop.ports, batch(request('t-1'), request('t-2')));
    shop.nowMillis += 4_000;
    const answer = await capacityWanted(shop.ports, batch(request('t-3')));
    expect(answer.counts).toMatchObject({ ticked: 1 });
    expect(await shop.memory()).toMatchObject({ tickedAtMillis: start + 10_000 });
  });

  it('need no tick of their own when another has begun since they were heard of', async () => {
    const { shop } = await aShop();
    await scalingTick(shop.ports, 'shop', { because: 'schedule' });
    shop.nowMillis += 1_000;
    const time = {
      ...shop.time,
      sleep: async (millis: number) => {
        shop.nowMillis += millis;
        await scalingTick(shop.ports, 'shop', { because: 'event' });
      },
    };
    const answer = await capacityWanted({ ...shop.ports, time }, batch(request('t-1')));
    expect(answer).toMatchObject({ batchItemFailures: [], counts: { ...none, wanted: 1 } });
  });

  it('are counted when their cluster is not looked after', async () => {
    const { shop, document } = await aShop();
    const answer = await capacityWanted(shop.ports, batch(request('t-1', 'other'), request('t-2', 'other')));
    expect(answer).toMatchObject({ batchItemFailures: [], counts: { ...none, unknownCluster: 2 } });
    expect(await document()).toBeUndefined();
  });

  it('are kept with the reason when they can not be read', async () => {
    const { shop } = await aShop();
    const answer = await capacityWanted(shop.ports, batch('hello', request('t-1')));
    expect(answer.counts).toEqual({ ...none, unreadable: 1, wanted: 1, ticked: 1 });
    expect(shop.letters).toEqual([
      { body: 'hello', reason: 'the message: expected a JSON object, got no JSON', from: 'capacity-wanted' },
    ]);
  });

  it('come again when they could not be taken in, and only they', async () => {
    const { shop } = await aShop();
    await shop.apply({ cluster: 'batch' });
    const store = watched(shop.store, (method, given) => {
      if (method === 'put' && given[0] === demandKey('shop')) throw new StoreUnavailableError('no');
    });
    const ports = { ...shop.ports, clusters: ['shop', 'batch'], store };
    const answer = await capacityWanted(ports, batch(request('t-1'), request('t-2', 'batch')));
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
    expect(answer.counts).toMatchObject({ wanted: 1 });
  });

  it('come again when they could not be kept', async () => {
    const { shop } = await aShop();
    const letters = {
      keep: async () => {
        throw new Error('no');
      },
    };
    const answer = await capacityWanted({ ...shop.ports, letters }, batch('hello'));
    expect(answer).toMatchObject({ batchItemFailures: [{ itemIdentifier: 'm0' }], counts: none });
  });

  it('do not come again when the tick fails: the next one sees them', async () => {
    const { shop, document } = await aShop();
    const cluster = watched(shop.cluster, () => {
      throw new Error('no');
    });
    const answer = await capacityWanted({ ...shop.ports, cluster }, batch(request('t-1')));
    expect(answer).toMatchObject({
      batchItemFailures: [],
      counts: { ...none, wanted: 1, tickFailures: 1 },
      ticks: { ticks: [], failed: [{ cluster: 'shop', reason: 'Error: no' }] },
    });
    expect(await document()).toMatchObject({ requests: [{ taskId: 't-1' }] });
  });

  it('lose none to each other when many come at once', async () => {
    const { shop, document } = await aShop();
    const ids = Array.from({ length: 5 }, (_, n) => `t-${n}`);
    const answers = await Promise.all(ids.map((id) => capacityWanted(shop.ports, batch(request(id)))));
    for (const [place, answer] of answers.entries())
      if (answer.batchItemFailures.length > 0) await capacityWanted(shop.ports, batch(ids[place] ?? ''));
    expect((await document())?.requests.map(({ taskId }) => taskId).sort()).toEqual(ids);
  });

  it('are refused when they are no batch', async () => {
    await expect(capacityWanted(new Shop().ports, { detail: {} })).rejects.toMatchObject({
      name: 'DocumentInvalid',
    });
  });
});
