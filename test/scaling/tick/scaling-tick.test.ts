import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CallThrottledError,
  ClusterRefusedError,
  ClusterUnavailableError,
  MetricsRefusedError,
} from '../../../src/errors.ts';
import type { StoredPolicy } from '../../../src/scaling/policy-store/stored-policy.ts';
import { policyKey } from '../../../src/scaling/policy-store/stored-policy.ts';
import { memoryKey } from '../../../src/scaling/scaling-memory.ts';
import { scalingTick, type TickOptions } from '../../../src/scaling/tick/scaling-tick.ts';
import { writeJson } from '../../../src/store/stored-json.ts';
import { aServicePolicy } from '../support/a-policy.ts';
import { Shop, start, watched } from '../support/a-shop.ts';

const schedule: TickOptions = { because: 'schedule' };

/** A service of four tasks at 50 %, which is to have five. */
const busy = async (policy: Parameters<Shop['apply']>[0] = {}, stored: Partial<StoredPolicy> = {}) => {
  const shop = new Shop();
  const { policy: _, ...other } = stored;
  await shop.apply(policy, other);
  shop.cluster.addService({ serviceName: 'web', desiredCount: 4 });
  shop.metrics.cloudWatch.values.set('web', 50);
  return shop;
};

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a tick', () => {
  it('reads, decides, remembers, acts, and says why', async () => {
    const shop = await busy();
    const tick = await scalingTick(shop.ports, 'shop', schedule);
    expect(tick).toMatchObject({
      kind: 'ticked',
      tick: '20261121T093000000Z-shop',
      failures: [],
      lateSeconds: 0,
      actions: [{ action: { kind: 'setService', service: 'web', from: 4, to: 5 }, result: 'done' }],
      // Services once to decide, once right before they are set; their one metric.
      calls: { serviceRead: 2, metricRead: 1, serviceModify: 1 },
      leastCalls: { serviceRead: 2, metricRead: 1, serviceModify: 1 },
    });
    expect(shop.cluster.changes).toEqual(['web 4 -> 5']);
    expect(await shop.memory()).toMatchObject({
      tickedAtMillis: start,
      scheduledAtMillis: start,
      services: { web: { lastSet: 5, lastOutMillis: start } },
    });
    expect(await shop.rows()).toMatchObject([
      { subject: 'service/web', outcome: 'out', from: 4, to: 5, carriedOut: 'done', policy: '0123456789ab' },
    ]);
    expect(shop.told).toMatchObject([
      { type: 'scaling.decided', subject: 'service/web', outcome: 'out', from: 4, to: 5, carriedOut: 'done' },
    ]);
  });

  it('logs a decision to do nothing when its reason changes, and not again', async () => {
    const shop = await busy();
    shop.metrics.cloudWatch.values.set('web', 20);
    for (let minute = 0; minute < 3; minute++) {
      await scalingTick(shop.ports, 'shop', schedule);
      shop.nowMillis += 60_000;
    }
    expect(await shop.rows()).toHaveLength(1);
    shop.metrics.cloudWatch.values.delete('web');
    await scalingTick(shop.ports, 'shop', schedule);
    expect(await shop.rows()).toMatchObject([
      { reason: 'missing-data', carriedOut: '' },
      { outcome: 'hold' },
    ]);
    expect(shop.told).toEqual([]);
  });

  it('looks no further back than its rules do', async () => {
    const shop = await busy();
    await scalingTick(shop.ports, 'shop', schedule);
    expect(shop.metrics.cloudWatch.asked).toMatchObject([
      { window: { fromMillis: start - 360_000, toMillis: start } },
    ]);
  });

  it('asks a question once, however many rules look at its answer', async () => {
    const rule = aServicePolicy().rules[0];
    if (rule === undefined) throw new Error('no rule');
    const queue = {
      kind: 'queueDepth',
      per: 'total',
      periodSeconds: 60,
      queue: 'jobs',
      inWorkPerTask: 2,
    } as const;
    const rules = [{ kind: 'track', metric: queue, target: 10, tolerance: 0.1 }] as const;
    const shop = await busy({
      services: [
        aServicePolicy(),
        aServicePolicy({ service: 'one', rules }),
        aServicePolicy({ service: 'other', rules }),
      ],
    });
    await scalingTick(shop.ports, 'shop', schedule);
    expect(shop.metrics.cloudWatch.asked[0]?.queries).toHaveLength(3);
  });

  it('is ignored without a policy', async () => {
    expect(await scalingTick(new Shop().ports, 'shop', schedule)).toMatchObject({ reason: 'no-policy' });
  });

  it.each([
    ['by its policy', { paused: true }, {}],
    ['for a while', {}, { pausedUntilMillis: start + 1 }],
    ['until it is resumed', {}, { pausedUntilMillis: Number.MAX_SAFE_INTEGER }],
  ])('decides nothing while paused %s', async (_, policy, stored) => {
    const shop = await busy(policy, stored);
    expect(await scalingTick(shop.ports, 'shop', schedule)).toMatchObject({ reason: 'paused' });
    expect(await shop.memory()).toBeUndefined();
    expect(shop.paid).toEqual([]);
  });

  it('goes on when the pause is over, and is not late for it', async () => {
    const shop = await busy();
    await scalingTick(shop.ports, 'shop', schedule);
    await shop.apply({}, { pausedUntilMillis: start + 7_200_000 });
    shop.nowMillis = start + 7_230_000;
    expect(await scalingTick(shop.ports, 'shop', schedule)).toMatchObject({ kind: 'ticked', lateSeconds: 0 });
  });

  it('is due when its interval is over, give or take what a schedule is early or late', async () => {
    const shop = await busy({ everySeconds: 120 });
    await scalingTick(shop.ports, 'shop', schedule);
    shop.nowMillis = start + 60_000;
    expect(await scalingTick(shop.ports, 'shop', schedule)).toMatchObject({
      reason: 'not-due',
      everySeconds: 120,
    });
    shop.nowMillis = start + 110_000;
    expect(await scalingTick(shop.ports, 'shop', schedule)).toMatchObject({ kind: 'ticked' });
    shop.nowMillis += 300_000;
    expect(await scalingTick(shop.ports, 'shop', schedule)).toMatchObject({ lateSeconds: 180 });
  });

  it('is not delayed by those that events ask for', async () => {
    const shop = await busy();
    await scalingTick(shop.ports, 'shop', schedule);
    shop.nowMillis = start + 40_000;
    await scalingTick(shop.ports, 'shop', { because: 'event', heardAtMillis: shop.nowMillis });
    shop.nowMillis = start + 60_000;
    expect(await scalingTick(shop.ports, 'shop', schedule)).toMatchObject({ kind: 'ticked', lateSeconds: 0 });
  });

  it('refuses a stored policy of another version with advice', async () => {
    const shop = await busy();
    await writeJson(shop.store, policyKey('shop'), { version: 1, cluster: 'shop' });
    await expect(scalingTick(shop.ports, 'shop', schedule)).rejects.toMatchObject({
      name: 'DocumentInvalid',
      message: expect.stringContaining('apply the policy of shop again'),
    });
  });
});

describe('a dry run', () => {
  it('says what would be done once, does nothing, and waits for no cooldown afterwards', async () => {
    const shop = await busy({ dryRun: true });
    for (let minute = 0; minute < 3; minute++) {
      expect(await scalingTick(shop.ports, 'shop', schedule)).toMatchObject({
        dryRun: true,
        actions: [{ action: { service: 'web', from: 4, to: 5 }, result: 'dry-run' }],
      });
      shop.nowMillis += 60_000;
    }
    expect(shop.cluster.changes).toEqual([]);
    expect(shop.told).toEqual([]);
    expect(await shop.memory()).toMatchObject({ services: { web: { lastSet: null, lastOutMillis: null } } });
    expect(await shop.rows()).toMatchObject([{ subject: 'service/web', to: 5, carriedOut: 'dry-run' }]);
    await shop.apply();
    await scalingTick(shop.ports, 'shop', schedule);
    expect(shop.cluster.changes).toEqual(['web 4 -> 5']);
  });
});

describe('of two ticks at once', () => {
  it('one acts', async () => {
    const shop = await busy();
    const ticks = await Promise.all([1, 2, 3].map(() => scalingTick(shop.ports, 'shop', schedule)));
    expect(ticks.filter(({ kind }) => kind === 'ticked')).toHaveLength(1);
    expect(ticks.filter((tick) => tick.kind === 'ignored' && tick.reason === 'lost')).toHaveLength(2);
    expect(shop.cluster.changes).toEqual(['web 4 -> 5']);
  });

  it('one acts when there have been ticks before', async () => {
    const shop = await busy();
    await scalingTick(shop.ports, 'shop', schedule);
    shop.nowMillis += 120_000;
    await Promise.all([1, 2].map(() => scalingTick(shop.ports, 'shop', schedule)));
    expect(shop.cluster.changes).toEqual(['web 4 -> 5', 'web 5 -> 6']);
  });
});

describe('a tick that an event asks for', () => {
  it('is made again when it lost to one that looked before the event was heard of', async () => {
    const shop = await busy();
    let isOther = false;
    const cluster = watched(shop.cluster, async (method) => {
      if (method !== 'describeServices' || isOther) return;
      isOther = true;
      await scalingTick(shop.ports, 'shop', schedule);
    });
    const heardAtMillis = start + 1;
    const event = { because: 'event', heardAtMillis } as const;
    expect(await scalingTick({ ...shop.ports, cluster }, 'shop', event)).toMatchObject({ kind: 'ticked' });
    expect(await shop.memory()).toMatchObject({ tickedAtMillis: start + 10_000 });
  });

  it('is not made, nor waited for, when another has looked since', async () => {
    const shop = await busy();
    await scalingTick(shop.ports, 'shop', schedule);
    const event = { because: 'event', heardAtMillis: start } as const;
    expect(await scalingTick(shop.ports, 'shop', event)).toMatchObject({ reason: 'not-due' });
    expect(shop.nowMillis).toBe(start);
  });

  it('heeds a pause that begins while it waits', async () => {
    const shop = await busy();
    await scalingTick(shop.ports, 'shop', schedule);
    shop.nowMillis += 1_000;
    const sleep = async (millis: number) => {
      shop.nowMillis += millis;
      await shop.apply({}, { pausedUntilMillis: Number.MAX_SAFE_INTEGER });
    };
    const event = { because: 'event', heardAtMillis: shop.nowMillis } as const;
    const ports = { ...shop.ports, time: { ...shop.time, sleep } };
    expect(await scalingTick(ports, 'shop', event)).toMatchObject({ reason: 'paused' });
  });
});

describe('when something fails', () => {
  it('a throttled call is paid for and made again', async () => {
    const shop = await busy();
    let calls = 0;
    const cluster = watched(shop.cluster, (method) => {
      if (method === 'describeServices' && ++calls < 3) throw new CallThrottledError('slower');
    });
    const tick = await scalingTick({ ...shop.ports, cluster }, 'shop', schedule);
    expect(tick).toMatchObject({ actions: [{ result: 'done' }], calls: { serviceRead: 4 } });
  });

  it('a service that someone else has set meanwhile is left alone, and not for the length of a cooldown', async () => {
    const shop = await busy();
    let reads = 0;
    const cluster = watched(shop.cluster, (method) => {
      if (method === 'describeServices' && ++reads === 2)
        shop.cluster.addService({ serviceName: 'web', desiredCount: 9 });
    });
    const tick = await scalingTick({ ...shop.ports, cluster }, 'shop', schedule);
    expect(tick).toMatchObject({ actions: [{ result: 'changed-by-others' }], failures: [] });
    expect(shop.cluster.changes).toEqual([]);
    expect(await shop.rows()).toMatchObject([{ carriedOut: 'changed-by-others' }]);
    expect(await shop.memory()).toMatchObject({ services: { web: { lastSet: null, lastOutMillis: null } } });
  });

  it('a service that can not be set holds no other up, and is tried again at once', async () => {
    const shop = await busy({ services: ['web', 'api'].map((service) => aServicePolicy({ service })) });
    shop.cluster.addService({ serviceName: 'api', desiredCount: 2 });
    shop.metrics.cloudWatch.values.set('api', 50);
    const cluster = watched(shop.cluster, (method, given) => {
      if (method === 'setDesiredCount' && given[1] === 'web') throw new ClusterRefusedError('no right');
    });
    const tick = await scalingTick({ ...shop.ports, cluster }, 'shop', schedule);
    expect(tick).toMatchObject({
      failures: ['1 of 2 actions could not be carried out: service/web: ClusterRefused: no right'],
    });
    expect(shop.cluster.changes).toEqual(['api 2 -> 3']);
    const rows = await shop.rows();
    expect(rows.map(({ subject, carriedOut }) => `${subject} ${carriedOut}`).sort()).toEqual([
      'service/api done',
      'service/web ClusterRefused: no right',
    ]);
    shop.nowMillis += 60_000;
    await scalingTick(shop.ports, 'shop', schedule);
    expect(shop.cluster.changes).toContain('web 4 -> 5');
  });

  it('services whose call fails are missing, the others are decided', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `s${String(n).padStart(2, '0')}`);
    const shop = await busy({ services: names.map((service) => aServicePolicy({ service })) });
    for (const serviceName of names) {
      shop.cluster.addService({ serviceName, desiredCount: 2 });
      shop.metrics.cloudWatch.values.set(serviceName, 50);
    }
    const cluster = watched(shop.cluster, (method, given) => {
      if (method === 'describeServices' && (given[1] as string[]).includes('s11'))
        throw new ClusterRefusedError('no');
    });
    const tick = await scalingTick({ ...shop.ports, cluster }, 'shop', schedule);
    expect(tick).toMatchObject({
      failures: ['2 of 12 services could not be read: ClusterRefused: no'],
    });
    expect(shop.cluster.changes).toHaveLength(10);
  });

  it('it throws when nothing could be read', async () => {
    const shop = await busy();
    const cluster = watched(shop.cluster, () => {
      throw new ClusterRefusedError('no');
    });
    await expect(scalingTick({ ...shop.ports, cluster }, 'shop', schedule)).rejects.toThrow('no');
    expect(await shop.memory()).toBeUndefined();
  });

  it('metrics that can not be read scale nothing in, and are said', async () => {
    const shop = await busy();
    const cloudWatch = watched(shop.metrics.cloudWatch, () => {
      throw new MetricsRefusedError('no right');
    });
    const metrics = {
      ...shop.metrics,
      cloudWatch: { ...cloudWatch, queriesPerCall: 500, read: cloudWatch.read },
    };
    const tick = await scalingTick({ ...shop.ports, metrics }, 'shop', schedule);
    expect(tick).toMatchObject({
      actions: [],
      decisions: [{ reason: 'missing-data' }],
      failures: ['1 metrics could not be read: MetricsRefused: no right'],
    });
  });

  it('metrics of which only the first page could be read count as missing', async () => {
    const shop = await busy();
    shop.metrics.cloudWatch.pointsPerPage = 1;
    const cloudWatch = watched(shop.metrics.cloudWatch, (_, given) => {
      if (given[2] !== undefined) throw new MetricsRefusedError('no more');
    });
    const metrics = { ...shop.metrics, cloudWatch: { queriesPerCall: 500, read: cloudWatch.read } };
    expect(await scalingTick({ ...shop.ports, metrics }, 'shop', schedule)).toMatchObject({
      actions: [],
      decisions: [{ reason: 'missing-data' }],
    });
  });

  it('a store that takes no decisions keeps nothing from being done', async () => {
    const shop = await busy();
    const store = watched(shop.store, (method, given) => {
      if (method === 'put' && String(given[0]).startsWith('tables/')) throw new Error('full');
    });
    const tick = await scalingTick({ ...shop.ports, store }, 'shop', schedule);
    expect(tick).toMatchObject({
      actions: [{ result: 'done' }],
      failures: Array(2).fill('decisions could not be logged: Error: full'),
    });
    expect(shop.cluster.changes).toEqual(['web 4 -> 5']);
  });

  it('a memory that can not be written keeps everything from being done', async () => {
    const shop = await busy();
    const store = watched(shop.store, (method, given) => {
      if (method === 'put' && given[0] === memoryKey('shop')) throw new Error('no');
    });
    await expect(scalingTick({ ...shop.ports, store }, 'shop', schedule)).rejects.toThrow('no');
    expect(shop.cluster.changes).toEqual([]);
  });

  it('calls that hang are given up when their time is over, and the tick with them', async () => {
    const names = Array.from({ length: 9 }, (_, n) => `s${n}`);
    const shop = await busy({ services: names.map((service) => aServicePolicy({ service })) });
    for (const serviceName of names) {
      shop.cluster.addService({ serviceName });
      shop.metrics.cloudWatch.values.set(serviceName, 50);
    }
    const cluster = watched(shop.cluster, (method) => {
      if (method !== 'setDesiredCount') return;
      shop.nowMillis += 5_000;
      throw new ClusterUnavailableError('no answer');
    });
    const tick = await scalingTick({ ...shop.ports, cluster }, 'shop', schedule);
    expect(tick).toMatchObject({ kind: 'ticked' });
    if (tick.kind === 'ticked') expect(tick.millis).toBeLessThan(60_000);
    await scalingTick(shop.ports, 'shop', schedule);
    expect(shop.cluster.changes).toHaveLength(9);
  });

  it('a call whose turn comes when its time is over is left to the next tick', async () => {
    const shop = await busy();
    const pace = {
      ...shop.ports.pace,
      pay: async (bucket: string) => {
        if (bucket === 'serviceModify') shop.nowMillis += 90_000;
      },
    };
    expect(await scalingTick({ ...shop.ports, pace }, 'shop', schedule)).toMatchObject({
      actions: [{ result: expect.stringContaining('no time is left for calls of serviceModify') }],
    });
    expect(shop.cluster.changes).toEqual([]);
  });

  it('a memory that can not be read is said with what to do about it', async () => {
    const shop = await busy();
    await writeJson(shop.store, memoryKey('shop'), { version: 2 });
    await expect(scalingTick(shop.ports, 'shop', schedule)).rejects.toMatchObject({
      name: 'DocumentInvalid',
      message: expect.stringContaining('delete the object, and the next tick begins anew'),
    });
  });

  it('calls that take too long end the tick, and what was not done is done by the next one', async () => {
    const shop = await busy();
    let reads = 0;
    const cluster = watched(shop.cluster, (method) => {
      if (method === 'describeServices' && ++reads === 2) shop.nowMillis += 60_000;
    });
    expect(await scalingTick({ ...shop.ports, cluster }, 'shop', schedule)).toMatchObject({
      actions: [{ result: expect.stringContaining('no time is left') }],
    });
    expect(shop.cluster.changes).toEqual([]);
    shop.nowMillis += 60_000;
    expect(await scalingTick(shop.ports, 'shop', schedule)).toMatchObject({ actions: [{ result: 'done' }] });
  });
});
