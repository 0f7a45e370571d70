import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClusterRefusedError } from '../../../src/errors.ts';
import { describeTicks } from '../../../src/scaling/tick/describe-ticks.ts';
import { scalingTicks } from '../../../src/scaling/tick/scaling-ticks.ts';
import { Shop, start, watched } from '../support/a-shop.ts';

const clusters = ['shop', 'batch', 'none'];

const twoClusters = async (everySeconds = 60): Promise<Shop> => {
  const shop = new Shop();
  await shop.apply();
  await shop.apply({ cluster: 'batch', everySeconds });
  shop.cluster.addService({ serviceName: 'web' });
  shop.metrics.cloudWatch.values.set('web', 20);
  return shop;
};

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('ticks of all clusters', () => {
  it('are made where they are due', async () => {
    const shop = await twoClusters(300);
    const { ticks, failed, fastEverySeconds } = await scalingTicks(
      { ...shop.ports, clusters },
      { fast: false },
    );
    expect(ticks.map((tick) => `${tick.cluster} ${tick.kind}`).sort()).toEqual([
      'batch ticked',
      'none ignored',
      'shop ticked',
    ]);
    expect({ failed, fastEverySeconds }).toEqual({ failed: [], fastEverySeconds: null });
    shop.nowMillis += 60_000;
    const next = await scalingTicks({ ...shop.ports, clusters }, { fast: false });
    expect(next.ticks.filter(({ kind }) => kind === 'ticked')).toMatchObject([{ cluster: 'shop' }]);
  });

  it('are not held up by one that fails', async () => {
    const shop = await twoClusters();
    const cluster = watched(shop.cluster, (_, given) => {
      if (given[0] === 'batch') throw new ClusterRefusedError('no right');
    });
    const ticks = await scalingTicks({ ...shop.ports, clusters, cluster }, { fast: false });
    expect(ticks.failed).toEqual([{ cluster: 'batch', reason: 'ClusterRefused: no right' }]);
    expect(ticks.ticks).toContainEqual(expect.objectContaining({ cluster: 'shop', kind: 'ticked' }));
  });

  it('more often than each minute are the fast tick’s', async () => {
    const shop = await twoClusters(10);
    const ports = { ...shop.ports, clusters };
    const fast = await scalingTicks(ports, { fast: true });
    expect(fast).toMatchObject({ fastEverySeconds: 10, ticks: [{ cluster: 'batch', kind: 'ticked' }] });
    shop.nowMillis += 10_000;
    expect((await scalingTicks(ports, { fast: true })).ticks).toMatchObject([{ kind: 'ticked' }]);
    shop.nowMillis += 30_000;
    const slow = await scalingTicks(ports, { fast: false });
    expect(slow.ticks.filter(({ kind }) => kind === 'ticked')).toMatchObject([{ cluster: 'shop' }]);
  });

  it('are made once a minute where the fast tick does not come', async () => {
    const shop = await twoClusters(10);
    const ports = { ...shop.ports, clusters };
    for (let minute = 0; minute < 3; minute++) {
      const { ticks } = await scalingTicks(ports, { fast: false });
      expect(ticks).toContainEqual(expect.objectContaining({ cluster: 'batch', kind: 'ticked' }));
      shop.nowMillis += 60_000;
    }
  });
});

describe('metrics of ticks', () => {
  it('are one line for each cluster that ticked, and for each that failed to', async () => {
    const shop = await twoClusters();
    const { ticks } = await scalingTicks(shop.ports, { fast: false });
    const failed = [{ cluster: 'batch', reason: 'no right' }];
    const lines = describeTicks({ ticks, failed }, start);
    expect(lines).toMatchObject([
      {
        Cluster: 'shop',
        Ticks: 1,
        TickFailures: 0,
        TickMillis: 0,
        Calls: 2,
        LeastCalls: 2,
        TickLateSeconds: 0,
        calls: { serviceRead: 1, metricRead: 1 },
      },
      { Cluster: 'batch', TickFailures: 1, reason: 'no right' },
    ]);
    expect(lines[1]).toMatchObject({
      _aws: {
        Timestamp: start,
        CloudWatchMetrics: expect.arrayContaining([
          {
            Namespace: 'stormdrain',
            Dimensions: [['Cluster']],
            Metrics: [{ Name: 'TickFailures', Unit: 'Count' }],
          },
        ]),
      },
    });
  });

  it('are none of clusters that were not due', async () => {
    const shop = await twoClusters();
    await scalingTicks(shop.ports, { fast: false });
    const { ticks } = await scalingTicks(shop.ports, { fast: false });
    expect(describeTicks({ ticks, failed: [] }, start)).toEqual([]);
  });
});
