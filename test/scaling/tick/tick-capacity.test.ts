import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LeavingInstance, leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { CapacityUnavailableError, ClusterRefusedError, StoreUnavailableError } from '../../../src/errors.ts';
import type { PoolKind } from '../../../src/platform/ports/instance-pools.ts';
import { capacityWanted } from '../../../src/scaling/demands/capacity-wanted.ts';
import { demandKey } from '../../../src/scaling/demands/demand-document.ts';
import { scalerName } from '../../../src/scaling/tick/find-leaving.ts';
import { scalingTick } from '../../../src/scaling/tick/scaling-tick.ts';
import { writeJson } from '../../../src/store/stored-json.ts';
import { aCapacityPolicy, aPoolPolicy, aServicePolicy } from '../support/a-policy.ts';
import { Shop, watched } from '../support/a-shop.ts';
import { mortalPorts } from '../support/mortal-ports.ts';
import { aDefinition, anInstance } from '../support/paper-cluster.ts';

const schedule = { because: 'schedule' } as const;
/** Soon, so that no test waits for long. */
const scaleIn = { unneededSeconds: 60, afterOutSeconds: 0, mostAtOnce: 1, marginPercent: 10 };
const ids = ['i-1', 'i-2', 'i-3'];

/** Three instances of one pool, each with as many tasks of 512 units. */
const onInstances = async (tasks: number, kind: PoolKind = 'autoScalingGroup'): Promise<Shop> => {
  const shop = new Shop();
  const pool = aPoolPolicy({ kind, id: 'shop-pool' });
  await shop.apply({
    capacity: aCapacityPolicy({ pools: [pool], minimum: 1, maximum: 10, scaleIn }),
    services: [aServicePolicy({ maximum: 200 })],
  });
  shop.pools.add(pool, ids);
  shop.cluster.definitions.set('task-definition/web:1', aDefinition());
  shop.cluster.addService({ serviceName: 'web', desiredCount: 3 * tasks });
  for (const instanceId of ids) {
    const remaining = {
      cpu: 2048 - 512 * tasks,
      memoryMib: 7_680 - 1024 * tasks,
      gpus: 0,
      tcpPorts: [],
      udpPorts: [],
    };
    shop.cluster.addInstance(anInstance({ instanceId, remaining, runningTasks: tasks }), tasks);
  }
  shop.metrics.cloudWatch.values.set('web', 20);
  return shop;
};

const tick = async (shop: Shop, ports = shop.ports) => {
  const ticked = await scalingTick(ports, 'shop', schedule);
  shop.nowMillis += 60_000;
  if (ticked.kind !== 'ticked') throw new Error(ticked.reason);
  return ticked;
};
const actionsOf = ({ actions }: Awaited<ReturnType<typeof tick>>) =>
  actions.map(({ action, result }) => `${action.kind} ${result}`);

/** As the drain would do it. */
const drain = async (shop: Shop, instanceId: string, entry: Partial<LeavingInstance> = {}): Promise<void> => {
  const arn = `container-instance/${instanceId}`;
  const instance = shop.cluster.instances.get(arn);
  if (instance === undefined) throw new Error(instanceId);
  const runningTasks = entry.endedAtMillis === undefined ? instance.runningTasks : 0;
  shop.cluster.instances.set(arn, { ...instance, status: 'DRAINING', runningTasks });
  const notice = {
    instanceId,
    cause: 'operator' as const,
    noticedAtMillis: shop.nowMillis,
    deadlineMillis: null,
    detail: scalerName,
  };
  await writeJson(shop.store, leavingKey('shop'), {
    version: 1,
    cluster: 'shop',
    generation: 1,
    leasedUntilMillis: 0,
    instances: {
      [instanceId]: {
        instanceId,
        drainId: `${instanceId}-a`,
        pace: 'unhurried',
        deadlineMillis: null,
        heardAtMillis: shop.nowMillis,
        notices: [notice],
        ...entry,
      },
    },
  });
};

/** Until an instance is being drained: the one that was asked for. */
const untilDrained = async (shop: Shop): Promise<string> => {
  for (let minute = 0; minute < 12 && shop.drained.length === 0; minute++) await tick(shop);
  const [{ instanceId } = { instanceId: '' }, ...others] = shop.drained;
  expect(others).toEqual([]);
  return instanceId;
};

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(['autoScalingGroup', 'ec2Fleet', 'spotFleet'] as const)(
  'capacity of a pool that is an %s',
  (kind) => {
    it('is bought when tasks find no room', async () => {
      const shop = await onInstances(4, kind);
      shop.cluster.addService({ serviceName: 'web', desiredCount: 16, runningCount: 12 });
      for (let minute = 0; minute < 4; minute++) await tick(shop);
      const bought = [...shop.pools.changes];
      expect(bought.length).toBeGreaterThan(0);
      expect(shop.pools.pools.get(`${kind} shop-pool`)?.targetUnits).toBe(5);
      // Nothing has come yet, and nothing more is asked for.
      expect(actionsOf(await tick(shop))).toEqual([]);
      expect((await shop.rows()).filter(({ carriedOut }) => carriedOut === 'done')).toHaveLength(
        bought.length,
      );
    });

    it('goes when it was unneeded for long: drained, then terminated, and its target with it', async () => {
      const shop = await onInstances(1, kind);
      const instanceId = await untilDrained(shop);
      expect(shop.drained).toEqual([{ instanceId, deadlineSeconds: null, requestedBy: scalerName }]);
      await drain(shop, instanceId);
      expect(actionsOf(await tick(shop))).toEqual([]);
      await drain(shop, instanceId, { endedAtMillis: shop.nowMillis });
      const ended = await tick(shop);
      expect(actionsOf(ended)).toEqual(['terminate done']);
      expect(ended.calls).toEqual(ended.leastCalls);
      expect(shop.pools.changes.at(-1)).toBe(`shop-pool without ${instanceId}`);
      expect(shop.pools.pools.get(`${kind} shop-pool`)?.targetUnits).toBe(2);
      expect((await shop.rows())[0]).toMatchObject({ subject: `instance/${instanceId}`, carriedOut: 'done' });
    });

    it('that can not be terminated is terminated later, and its target lowered once', async () => {
      const shop = await onInstances(1, kind);
      const instanceId = await untilDrained(shop);
      await drain(shop, instanceId);
      await tick(shop);
      await drain(shop, instanceId, { endedAtMillis: shop.nowMillis });
      const pools = watched(shop.pools, (method) => {
        if (method === 'terminate') throw new CapacityUnavailableError('later');
      });
      expect(actionsOf(await tick(shop, { ...shop.ports, pools }))).toEqual([
        'terminate CapacityUnavailable: later',
      ]);
      expect(actionsOf(await tick(shop))).toEqual(['terminate done']);
      expect(shop.pools.pools.get(`${kind} shop-pool`)).toMatchObject({ targetUnits: 2 });
    });
  },
);

describe.each(['autoScalingGroup', 'ec2Fleet'] as const)('an instance of an %s', (kind) => {
  it.each([true, false])(
    'goes once, whenever the tick that terminates it dies (its last call was made: %s)',
    async (isDone) => {
      const drained = async (): Promise<Shop> => {
        const shop = await onInstances(1, kind);
        const instanceId = await untilDrained(shop);
        await drain(shop, instanceId);
        await tick(shop);
        await drain(shop, instanceId, { endedAtMillis: shop.nowMillis });
        return shop;
      };
      const alive = await drained();
      const { ports, made } = mortalPorts(alive.ports, Number.POSITIVE_INFINITY, isDone);
      await tick(alive, ports);
      for (let callsLeft = 0; callsLeft < made(); callsLeft++) {
        const shop = await drained();
        const mortal = mortalPorts(shop.ports, callsLeft, isDone);
        const dying = scalingTick(mortal.ports, 'shop', schedule).catch(() => undefined);
        await Promise.race([dying, mortal.died]);
        await turn();
        shop.nowMillis += 60_000;
        await tick(shop);
        const pool = shop.pools.pools.get(`${kind} shop-pool`);
        expect(pool, `died at call ${callsLeft}`).toMatchObject({ targetUnits: 2 });
        expect(pool?.members, `died at call ${callsLeft}`).toHaveLength(2);
      }
    },
  );
});

describe('a fleet that keeps a part of its instances on demand', () => {
  const keeping = async (kept: readonly string[]): Promise<Shop> => {
    const shop = await onInstances(1, 'spotFleet');
    const pool = shop.pools.pools.get('spotFleet shop-pool');
    if (pool === undefined) throw new Error('no pool');
    pool.keeps = { keeps: 'onDemand', minimumUnits: kept.length };
    for (const [place, member] of pool.members.entries())
      pool.members[place] = { ...member, purchase: kept.includes(member.instanceId) ? 'onDemand' : 'spot' };
    return shop;
  };

  it('loses none of them: it would replace it', async () => {
    for (const kept of [
      ['i-1', 'i-2'],
      ['i-2', 'i-3'],
      ['i-1', 'i-3'],
    ])
      expect(kept).not.toContain(await untilDrained(await keeping(kept)));
  });

  it('is left alone when it has no others', async () => {
    const shop = await keeping(ids);
    for (let minute = 0; minute < 6; minute++) await tick(shop);
    expect(shop.drained).toEqual([]);
  });
});

describe('an instance that is drained', () => {
  it('is taken back before anything is bought, when demand returns', async () => {
    const shop = await onInstances(1);
    const instanceId = await untilDrained(shop);
    await drain(shop, instanceId);
    shop.cluster.addService({ serviceName: 'web', desiredCount: 12, runningCount: 3 });
    const ticks = [await tick(shop), await tick(shop), await tick(shop)];
    expect(ticks.flatMap(actionsOf)).toContain('cancelDrain done');
    expect(shop.cancelled).toContain(`${instanceId}-a`);
    expect(shop.pools.changes).toEqual([]);
  });

  it('was not asked for when the request failed, and is asked for at the next tick', async () => {
    const shop = await onInstances(1);
    const drains = watched(shop.ports.drains, (method) => {
      if (method === 'request') throw new ClusterRefusedError('no');
    });
    let results: readonly string[] = [];
    for (let minute = 0; minute < 12 && results.length === 0; minute++)
      results = actionsOf(await tick(shop, { ...shop.ports, drains }));
    expect(results).toEqual(['beginDrain ClusterRefused: no']);
    expect((await shop.memory())?.capacity).toMatchObject({ drains: {}, lastInMillis: null });
    expect(actionsOf(await tick(shop))).toEqual(['beginDrain done']);
  });
});

describe('while a part of the picture is missing', () => {
  it.each([
    ['instances', 'cluster', 'listInstances'],
    ['pools', 'pools', 'describePools'],
    ['services', 'cluster', 'listServices'],
  ] as const)('instances are left alone, services are not: %s', async (_, port, failing) => {
    const shop = await onInstances(4);
    shop.metrics.cloudWatch.values.set('web', 50);
    const broken = watched(shop.ports[port] as object, (method) => {
      if (method === failing) throw new ClusterRefusedError('no');
    });
    const ticked = await tick(shop, { ...shop.ports, [port]: broken });
    expect(ticked.failures).toEqual([expect.stringContaining('could not be')]);
    expect(actionsOf(ticked)).toEqual(['setService done']);
    expect(ticked.decisions.filter(({ subject }) => !subject.startsWith('service/'))).toEqual([]);
  });

  it.each([leavingKey('shop'), demandKey('shop')])('instances are left alone: %s', async (key) => {
    const shop = await onInstances(4);
    const store = watched(shop.store, (method, given) => {
      if (method === 'get' && given[0] === key) throw new StoreUnavailableError('no');
    });
    const ticked = await tick(shop, { ...shop.ports, store });
    expect(ticked.failures).toHaveLength(1);
    expect(ticked.decisions.map(({ subject }) => subject)).toEqual(['service/web']);
  });

  it('nothing goes whose tasks could not be read', async () => {
    const shop = await onInstances(1);
    const cluster = watched(shop.cluster, (method) => {
      if (method === 'listTasks') throw new ClusterRefusedError('no');
    });
    for (let minute = 0; minute < 6; minute++)
      expect(actionsOf(await tick(shop, { ...shop.ports, cluster }))).toEqual([]);
    expect(shop.drained).toEqual([]);
  });

  it('a fleet is read to its last page', async () => {
    const shop = await onInstances(1, 'ec2Fleet');
    shop.pools.pageSize = 2;
    expect((await tick(shop)).calls).toMatchObject({ fleetRead: 3 });
  });

  it('what waits in services that could not be read has waited all the same', async () => {
    const shop = await onInstances(1);
    for (let n = 0; n < 10; n++) shop.cluster.addService({ serviceName: `job-${n}`, runningCount: 3 });
    await tick(shop);
    const sinceMillis = (await shop.memory())?.services['job-9']?.unplacedSinceMillis;
    expect(sinceMillis).toBe(shop.nowMillis - 60_000);
    const cluster = watched(shop.cluster, (method, given) => {
      if (method === 'describeServices' && (given[1] as string[]).includes('job-9'))
        throw new ClusterRefusedError('no');
    });
    await tick(shop, { ...shop.ports, cluster });
    expect((await shop.memory())?.services['job-9']?.unplacedSinceMillis).toBe(sinceMillis);
  });

  it('a pool that is not there is said', async () => {
    const shop = await onInstances(1);
    shop.pools.pools.clear();
    expect((await tick(shop)).failures).toEqual(['pool spot: there is no autoScalingGroup shop-pool']);
  });
});

describe('tasks on instances that may go', () => {
  it('keep theirs when they are protected', async () => {
    const shop = await onInstances(1);
    for (const arn of shop.cluster.tasks.keys()) shop.cluster.guarded.add(arn);
    for (let minute = 0; minute < 6; minute++) await tick(shop);
    expect(shop.drained).toEqual([]);
  });
});

describe("ECS's word that a task found no room", () => {
  const failure = (service: string, atMillis: number): string =>
    JSON.stringify({
      'detail-type': 'ECS Service Action',
      resources: [`arn:aws:ecs:us-east-1:111122223333:service/shop/${service}`],
      detail: {
        eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
        clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/shop',
        createdAt: new Date(atMillis).toISOString(),
      },
    });

  it.each([
    ['of the policy', 'web'],
    ['that no policy names', 'other'],
  ])(
    'buys capacity for a service %s that replaces its tasks, though it has as many as it wants',
    async (_, serviceName) => {
      const shop = await onInstances(4);
      shop.cluster.addService({ serviceName, desiredCount: 12, isDeploying: true });
      const Records = [{ messageId: 'm', body: failure(serviceName, shop.nowMillis) }];
      const answer = await capacityWanted(shop.ports, { Records });
      expect(answer.counts).toMatchObject({ wanted: 1, ticked: 1 });
      // What is reserved on three full instances asks for one; with the task that waits, for two.
      expect(shop.pools.changes).toEqual(['shop-pool to 5']);
    },
  );
});

describe('RunTask failures', () => {
  it('buy capacity at once, and each only once', async () => {
    const shop = await onInstances(4);
    const body = (taskId: string): string =>
      JSON.stringify({
        group_name: 'family:report',
        cluster: 'shop',
        cpu: 2048,
        memory: 1024,
        task_id: taskId,
      });
    const Records = ['t-1', 't-2', 't-1'].map((id, n) => ({ messageId: `m${n}`, body: body(id) }));
    const answer = await capacityWanted(shop.ports, { Records });
    expect(answer).toMatchObject({ batchItemFailures: [], counts: { wanted: 2, known: 1, ticked: 1 } });
    expect(shop.pools.changes).toEqual(['shop-pool to 7']);
    shop.nowMillis += 30_000;
    await capacityWanted(shop.ports, { Records });
    expect(shop.pools.changes).toEqual(['shop-pool to 7']);
  });
});
