import { describe, expect, it } from 'vitest';
import { leavingDocument, leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { type RequestPorts, requestDrain } from '../../../src/drain/operator/request-drain.ts';
import { ClusterRefusedError } from '../../../src/errors.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import { readJson, writeJson } from '../../../src/store/stored-json.ts';
import { aDocument, aLeaving, anEntry, now } from '../support/leaving-builders.ts';
import { PaperClusters } from '../support/paper-clusters.ts';

const instanceId = 'i-00000001';
const ask = (deadlineSeconds: number | null, id = instanceId) => ({
  instanceId: id,
  deadlineSeconds,
  requestedBy: 'arn:aws:sts::111122223333:assumed-role/operator/ada',
});

const aPlace = (instances: Readonly<Record<string, readonly string[]>>) => {
  const store = new MemoryStore({ time: { sleep: () => Promise.resolve() } });
  const cluster = new PaperClusters(instances);
  const woken: string[] = [];
  const ports = {
    store,
    cluster,
    clusters: ['shop', 'web'],
    pace: { pay: () => Promise.resolve(), throttled: () => undefined },
    time: { nowMillis: () => now, sleep: () => Promise.resolve() },
    random: () => 0,
    conductor: {
      conduct: async (name: string) => void woken.push(name),
      conductInstance: async (_: string, drainId: string) => void woken.push(drainId),
    },
  } as unknown as RequestPorts;
  const known = async (name: string) =>
    (await readJson(store, leavingKey(name), leavingDocument))?.value.instances[instanceId];
  return { ports, store, cluster, woken, known };
};

describe('asking for a drain', () => {
  it('is an operator’s notice in the cluster that has the instance, and wakes the coordinator', async () => {
    const { ports, woken, known } = aPlace({ shop: ['i-00000002'], web: [instanceId] });
    expect(await requestDrain(ports, ask(90))).toMatchObject({
      cluster: 'web',
      pace: 'hurried',
      created: true,
    });
    expect(await known('web')).toMatchObject({
      deadlineMillis: now + 90_000,
      notices: [{ cause: 'operator', deadlineMillis: now + 90_000, detail: ask(90).requestedBy }],
    });
    expect(await known('shop')).toBeUndefined();
    expect(woken).toEqual(['web']);
  });

  it('without a deadline wakes the drain’s own state machine', async () => {
    const { ports, woken } = aPlace({ shop: [instanceId] });
    const { drainId, pace } = await requestDrain(ports, ask(null));
    expect(pace).toBe('unhurried');
    expect(woken).toEqual([drainId]);
  });

  it('takes 301 s for no hurry and 300 s for hurry', async () => {
    for (const [seconds, pace] of [
      [300, 'hurried'],
      [301, 'unhurried'],
    ] as const)
      expect(await requestDrain(aPlace({ shop: [instanceId] }).ports, ask(seconds))).toMatchObject({ pace });
  });

  it('joins a drain that is under way, though the instance is in no cluster any more; the earlier deadline counts', async () => {
    const { ports, store, known } = aPlace({});
    const warned = anEntry({ notices: [aLeaving()], deadlineMillis: now + 120_000, heardAtMillis: now });
    await writeJson(store, leavingKey('web'), aDocument([warned]));
    const { drainId, created } = await requestDrain(ports, ask(3600));
    expect({ drainId, created }).toEqual({ drainId: warned.drainId, created: false });
    expect((await known('web'))?.deadlineMillis).toBe(now + 120_000);
  });

  it('is refused with the clusters that were looked in', async () => {
    const { ports } = aPlace({ shop: ['i-00000002'] });
    await expect(requestDrain(ports, ask(null))).rejects.toThrow(
      'instance i-00000001 is registered in none of the clusters that are looked after: "shop", "web"',
    );
    await expect(requestDrain({ ...ports, clusters: [] }, ask(null))).rejects.toThrow('DrainClusters');
  });

  it('fails as the cluster does that could not be looked in: the instance may be there', async () => {
    const { ports, cluster, known } = aPlace({ web: [instanceId] });
    cluster.before = (name) => {
      if (name === 'web') throw new ClusterRefusedError('no right to list');
    };
    await expect(requestDrain(ports, ask(null))).rejects.toThrow('no right to list');
    expect(await known('web')).toBeUndefined();
  });

  it.each([0, 0.999, Number.NaN, Number.POSITIVE_INFINITY, 7 * 86_400 + 1])(
    'refuses a deadline of %d s, and asks no cluster',
    async (seconds) => {
      const { ports, cluster } = aPlace({ web: [instanceId] });
      await expect(requestDrain(ports, ask(seconds))).rejects.toMatchObject({
        name: 'BadInput',
        message: expect.stringContaining(`${seconds} s`),
      });
      expect(cluster.calls).toEqual([]);
    },
  );
});
