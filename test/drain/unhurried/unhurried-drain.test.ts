import { describe, expect, it } from 'vitest';
import { cancelDrain } from '../../../src/drain/operator/cancel-drain.ts';
import { makeUnhurriedRecord, readUnhurried } from '../../../src/drain/unhurried/unhurried-progress.ts';
import { failedRequests } from '../../../src/platform/local/simulation/traffic.ts';
import {
  aCluster,
  anUnhurriedDrain,
  hours,
  minutes,
  type UnhurriedWorld,
} from './support/an-unhurried-drain.ts';

const instanceOf = (world: UnhurriedWorld) => {
  const [instance] = world.platform.instances();
  if (instance === undefined) throw new RangeError('no instance');
  return instance;
};

const batchEnds = (world: UnhurriedWorld, afterMillis: number): void =>
  world.at(afterMillis, () => {
    for (const task of world.tasks.batch) world.platform.world.life.end(task, 'itself');
  });

/** Requests that its tagged tasks lost. */
const lost = (world: UnhurriedWorld): number =>
  world.tasks.tagged.reduce((sum, { taskArn }) => {
    const traffic = world.platform.trafficByTask().get(taskArn);
    return sum + (traffic === undefined ? 0 : traffic.cutOff + traffic.toDeadTarget);
  }, 0);

const endings = (world: UnhurriedWorld) => ({
  service: world.tasks.service.map(({ endedBy }) => endedBy),
  tagged: world.tasks.tagged.map(({ endedBy }) => endedBy),
  batch: world.tasks.batch.map(({ endedBy }) => endedBy),
});

const terminate = async (world: UnhurriedWorld, timeoutSeconds: number): Promise<void> => {
  const { event } = world.platform.pool.terminate(world.instanceId, timeoutSeconds);
  await world.play(() => world.hear([event]));
};

const goneAfter = (world: UnhurriedWorld): number =>
  (instanceOf(world).goneAtMillis ?? Number.NaN) - world.startMillis;

const entriesOf = (world: UnhurriedWorld, what: string): number =>
  world.platform.journal.filter((entry) => entry.what === what).length;

describe('an instance that Auto Scaling wants to terminate', () => {
  it('is emptied by ECS and by its tasks themselves; only tagged tasks are led away from and stopped', async () => {
    const world = anUnhurriedDrain();
    batchEnds(world, minutes(20));
    await terminate(world, 3600);
    await world.play(() => world.finished());
    const [record] = await world.records();
    expect(record).toMatchObject({
      outcome: 'empty',
      missed: [],
      groups: [{ group: 'jobs', targets: 1 }],
      tasks: { seen: 4, stopped: 4, stopAsked: 1 },
    });
    expect(endings(world)).toEqual({
      service: ['service', 'service'],
      tagged: ['stop-task'],
      batch: ['itself'],
    });
    expect([...world.platform.traffic().values()].map(failedRequests)).toEqual([0, 0]);
    expect(world.told.map(({ type }) => type)).toEqual(['drain.ended']);
  });

  it('goes on as soon as it is empty, and nothing is left of the drain but its record', async () => {
    const world = anUnhurriedDrain();
    batchEnds(world, minutes(20));
    await terminate(world, 3600);
    await world.play(() => world.finished());
    expect(goneAfter(world)).toBeGreaterThan(minutes(20));
    expect(goneAfter(world)).toBeLessThan(minutes(22));
    expect((await world.entry())?.endedAtMillis).toBeGreaterThan(0);
    expect(await world.keys('state/unhurried/')).toEqual([]);
    expect(world.platform.calls().get('completeLifecycleAction')?.made).toBe(1);
  });

  it.each([30, 60, 300])(
    'is kept waiting by heartbeats, when its hook waits %i s',
    async (timeoutSeconds) => {
      const world = anUnhurriedDrain();
      const longest = Math.min(100 * timeoutSeconds * 1000, hours(2)) - minutes(10);
      batchEnds(world, longest);
      await terminate(world, timeoutSeconds);
      await world.play(() => world.finished());
      expect((await world.records())[0]).toMatchObject({ outcome: 'empty', missed: [] });
      expect(endings(world).batch).toEqual(['itself']);
    },
  );

  it('is handed to the coordinator before its hook waits no longer, whatever heartbeats come', async () => {
    const world = anUnhurriedDrain();
    await terminate(world, 60);
    await world.play(() => world.finished());
    const [record, ...others] = await world.records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({ outcome: 'empty', missed: [] });
    expect(endings(world)).toMatchObject({ tagged: ['stop-task'], batch: ['stop-task'] });
    const stopped = (world.tasks.batch[0]?.stopAskedAtMillis ?? 0) - world.startMillis;
    expect(stopped).toBeGreaterThanOrEqual(100 * 60_000 - minutes(5));
    expect(goneAfter(world)).toBeLessThan(100 * 60_000);
    expect(lost(world)).toBe(0);
    expect(await world.keys('state/unhurried/')).toEqual([]);
  });

  it('is kept waiting while the coordinator is at work', async () => {
    const slow = { stopTimeoutSeconds: 120, exitMillis: [110_000, 110_000] as const };
    const world = anUnhurriedDrain(
      aCluster({ batchTasks: [{ count: 1, onInstances: [0], startedBy: 'batch', ...slow }] }),
    );
    await terminate(world, 60);
    await world.play(() => world.finished());
    expect((await world.records())[0]).toMatchObject({ outcome: 'empty', missed: [] });
    const [task] = world.tasks.batch;
    expect((task?.endedAtMillis ?? 0) - (task?.sigtermAtMillis ?? 0)).toBe(110_000);
    expect(await world.keys('state/unhurried/')).toEqual([]);
  });

  it('is kept waiting from the first, though a drain of it has gone on for half a day', async () => {
    const world = anUnhurriedDrain();
    batchEnds(world, hours(13));
    await world.news({ cause: 'rebalance' });
    await world.pass(hours(12));
    await terminate(world, 60);
    await world.play(() => world.finished());
    expect((await world.records())[0]).toMatchObject({ outcome: 'empty', missed: [] });
    expect(endings(world).batch).toEqual(['itself']);
  });

  it('is handed to the coordinator when nobody waits for it any more', async () => {
    const world = anUnhurriedDrain();
    const lifecycle = {
      autoScalingGroupName: 'workers',
      lifecycleHookName: 'drain',
      lifecycleActionToken: 'completed-by-hand',
      instanceId: world.instanceId,
    };
    await world.news({ cause: 'lifecycle', lifecycle });
    await world.play(() => world.finished());
    expect((await world.entry())?.pace).toBe('hurried');
    const [record] = await world.records();
    expect(record).toMatchObject({ outcome: 'empty', missed: [] });
    expect((record?.steps.empty ?? 0) - world.startMillis).toBeLessThan(minutes(3));
    expect(lost(world)).toBe(0);
  });

  it("is not kept by an operator's second thoughts", async () => {
    const world = anUnhurriedDrain();
    batchEnds(world, minutes(10));
    await terminate(world, 3600);
    await world.pass(minutes(2));
    await world.change((entry) => ({ ...entry, cancelledAtMillis: world.time.nowMillis() }));
    await world.play(() => world.finished());
    expect((await world.records())[0]?.outcome).toBe('empty');
    expect(entriesOf(world, 'instance-active')).toBe(0);
  });

  it('is let go once by each of its hooks', async () => {
    const world = anUnhurriedDrain();
    batchEnds(world, minutes(5));
    await terminate(world, 3600);
    await terminate(world, 600);
    await world.play(() => world.finished());
    expect(world.platform.calls().get('completeLifecycleAction')?.made).toBe(2);
    expect(await world.records()).toHaveLength(1);
  });
});

describe('a spot warning in the middle of a drain without hurry', () => {
  it('makes it the coordinator’s, which ends it in time', async () => {
    const world = anUnhurriedDrain();
    await world.news({ cause: 'rebalance' });
    await world.pass(minutes(5));
    const [warning] = world.platform.pool.interrupt([world.instanceId]);
    await world.play(() => world.hear([warning?.event]));
    await world.play(() => world.finished());
    const [record, ...others] = await world.records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({ outcome: 'empty', missed: [] });
    expect(record?.marginSeconds).toBeGreaterThan(0);
    expect(await world.keys('state/unhurried/')).toEqual([]);
  });
});

describe('a drain that an operator takes back', () => {
  it('leaves the instance ACTIVE, and what was led away from is served again', async () => {
    const world = anUnhurriedDrain(
      aCluster({
        groups: [
          { name: 'web', requestsPerSecond: 20, deregistrationDelaySeconds: 30 },
          { name: 'jobs', requestsPerSecond: 20, deregistrationDelaySeconds: 600 },
        ],
      }),
    );
    await world.news({ cause: 'operator', detail: 'ada' });
    await world.pass(minutes(3));
    expect(entriesOf(world, 'target-draining')).toBeGreaterThan(0);
    await world.change((entry) => ({ ...entry, cancelledAtMillis: world.time.nowMillis() }));
    await world.play(() => world.finished());
    expect(instanceOf(world).status).toBe('ACTIVE');
    expect(endings(world)).toMatchObject({ tagged: [null], batch: [null] });
    const health = await world.play(() => world.platform.balancer.health('jobs'));
    expect(health.filter(({ id }) => id === world.instanceId).map(({ state }) => state)).not.toContain(
      'draining',
    );
    expect((await world.records())[0]).toMatchObject({ outcome: 'taken-back', missed: [] });
    expect((await world.entry())?.endedAtMillis).toBeGreaterThan(0);
    expect(await world.keys('state/unhurried/')).toEqual([]);
  });

  it('is ACTIVE within a minute, though the drain has gone on for half a day', async () => {
    const world = anUnhurriedDrain();
    await world.news({ cause: 'operator', detail: 'ada' });
    await world.pass(hours(12));
    const { drainId = '' } = (await world.entry()) ?? {};
    await world.play(() => cancelDrain(world.ports, drainId, 'ada'));
    await world.pass(minutes(1));
    expect(instanceOf(world).status).toBe('ACTIVE');
    expect((await world.records()).map(({ outcome }) => outcome)).toEqual(['taken-back']);
    await world.play(() => world.finished());
    expect(await world.records()).toHaveLength(1);
  });

  it('is recorded as taken back also when another drain of the instance has begun already', async () => {
    const world = anUnhurriedDrain();
    batchEnds(world, minutes(30));
    await world.news({ cause: 'operator', detail: 'ada' });
    await world.pass(minutes(3));
    const cancelledAtMillis = world.time.nowMillis();
    await world.change((entry) => ({ ...entry, cancelledAtMillis, cancelledBy: 'eve' }));
    await world.pass(1_000);
    await world.news({ cause: 'operator', detail: 'bob' });
    await world.play(() => world.finished());
    const records = await world.records();
    expect(records.map(({ outcome }) => outcome)).toEqual(['empty', 'taken-back']);
    expect(records.map(({ takenBack }) => takenBack)).toEqual([
      undefined,
      { atMillis: cancelledAtMillis, by: 'eve' },
    ]);
    expect(endings(world)).toMatchObject({ tagged: ['stop-task'], batch: ['itself'] });
  });
});

describe('a drain without a deadline', () => {
  it('ends when the instance is empty, with no margin to anything', async () => {
    const world = anUnhurriedDrain();
    batchEnds(world, hours(3));
    await world.news({ cause: 'rebalance' });
    await world.play(() => world.finished());
    const [record] = await world.records();
    expect(record).toMatchObject({ outcome: 'empty', marginSeconds: null, missed: [] });
    expect((record?.steps.empty ?? 0) - world.startMillis).toBeLessThan(hours(3) * 1.04);
  });

  it('is given up after 48 hours, in few enough looks, and nothing is stopped for it', async () => {
    const world = anUnhurriedDrain();
    await world.news({ cause: 'rebalance' });
    await world.play(() => world.finished());
    const [record] = await world.records();
    expect(record?.outcome).toBe('abandoned');
    expect(record?.missed.join()).toContain(world.tasks.batch[0]?.taskArn);
    expect(endings(world).batch).toEqual([null]);
    expect((record?.endedAtMillis ?? 0) - world.startMillis).toBeGreaterThanOrEqual(hours(48));
    expect(world.told.map(({ type }) => type)).toEqual(['drain.ended', 'drain.missed']);
    const looks = world.platform.calls().get('describeInstances')?.made ?? 0;
    expect(looks).toBeGreaterThan(100);
    expect(looks * 27).toBeLessThan(25_000);
  });

  it('names tasks that were protected all the while', async () => {
    const simulation = aCluster({
      services: [{ name: 'web', desiredCount: 1, groups: ['web'], onInstances: [0] }],
      instances: 1,
      batchTasks: [],
    });
    const world = anUnhurriedDrain(simulation);
    const [task] = world.tasks.service;
    const untilMillis = world.startMillis + hours(47);
    world.platform.world.state.protectedUntil.set(task?.taskArn ?? '', untilMillis);
    await world.news({ cause: 'operator', detail: 'ada' });
    await world.pass(hours(1));
    const entry = await world.entry();
    const known = await world.play(() => readUnhurried(world.store, world.cluster, entry?.drainId ?? ''));
    expect(known?.progress.protectedUntil).toEqual({ [task?.taskArn ?? '']: untilMillis });
    expect(task?.endedBy).toBeNull();
  });
});

describe('a change that AWS Health announces for the week after next', () => {
  it('has services moved now, batch tasks finish until minutes before, and is on time', async () => {
    const world = anUnhurriedDrain();
    const deadlineMillis = world.startMillis + hours(24 * 14);
    await world.news({ cause: 'health', deadlineMillis });
    await world.pass(minutes(10));
    expect(endings(world)).toMatchObject({ service: ['service', 'service'], batch: [null] });
    await world.play(() => world.finished());
    const stopped = world.tasks.batch[0]?.stopAskedAtMillis ?? 0;
    expect(stopped).toBeGreaterThanOrEqual(deadlineMillis - minutes(5));
    expect((await world.records())[0]).toMatchObject({ outcome: 'empty', deadlineMillis, missed: [] });
  });
});

describe('an instance that is gone before it is empty', () => {
  it('leaves a record, and its targets deregistered', async () => {
    const world = anUnhurriedDrain();
    await world.news({ cause: 'rebalance' });
    await world.pass(minutes(2));
    world.platform.world.cutOff(instanceOf(world));
    await world.play(() => world.finished());
    expect((await world.records())[0]?.outcome).toBe('gone');
    const health = await world.play(() => world.platform.balancer.health('jobs'));
    expect(health.filter(({ id, state }) => id === world.instanceId && state === 'healthy')).toEqual([]);
  });
});

describe('DAEMON tasks', () => {
  it('are stopped when nothing else is left', async () => {
    const world = anUnhurriedDrain(
      aCluster({
        services: [
          { name: 'web', desiredCount: 4, groups: ['web'], onInstances: [0, 1] },
          { name: 'logs', desiredCount: 0, schedulingStrategy: 'DAEMON' },
        ],
      }),
    );
    batchEnds(world, minutes(15));
    await terminate(world, 3600);
    await world.play(() => world.finished());
    const daemon = world.tasks.service.find((task) => task.origin.service?.serviceName === 'logs');
    expect(daemon?.stopAskedAtMillis).toBeGreaterThan(world.startMillis + minutes(15));
    expect((await world.records())[0]).toMatchObject({ outcome: 'empty', missed: [] });
  });
});

describe('a drain under way', () => {
  it('has a record that shows how far it is', async () => {
    const world = anUnhurriedDrain();
    await world.news({ cause: 'rebalance' });
    await world.pass(minutes(5));
    const entry = await world.entry();
    const known = await world.play(() => readUnhurried(world.store, world.cluster, entry?.drainId ?? ''));
    if (known === undefined) throw new RangeError('nothing is known of it');
    expect(makeUnhurriedRecord(known.progress, 'running', world.time.nowMillis())).toMatchObject({
      outcome: 'running',
      instanceId: world.instanceId,
      endedAtMillis: null,
      marginSeconds: null,
      tasks: { seen: 4 },
      groups: [{ group: 'jobs', targets: 1 }],
      missed: [],
    });
  });
});

describe('many instances that Auto Scaling wants to terminate at once', () => {
  it('are all emptied without a lost request, within what AWS takes of calls', async () => {
    const group = { requestsPerSecond: 200, deregistrationDelaySeconds: 30 };
    const world = anUnhurriedDrain({
      seed: 5,
      instances: 60,
      groups: [
        { name: 'web', ...group },
        { name: 'jobs', ...group },
      ],
      services: [{ name: 'web', desiredCount: 300, groups: ['web'] }],
      batchTasks: [{ count: 60, group: 'jobs', startedBy: 'tagged' }],
    });
    const leaving = world.platform.instances().slice(0, 30);
    const events = leaving.map(({ instanceId }) => world.platform.pool.terminate(instanceId).event);
    await world.play(() => world.hear(events));
    await world.play(() => world.finished());
    const records = await world.records();
    expect(records.map(({ outcome, missed }) => [outcome, missed])).toEqual(leaving.map(() => ['empty', []]));
    expect(leaving.filter(({ status }) => status !== 'INACTIVE')).toEqual([]);
    expect([...world.platform.traffic().values()].map(failedRequests)).toEqual([0, 0]);
    const throttled = [...world.platform.calls().values()].reduce((sum, call) => sum + call.throttled, 0);
    expect(throttled).toBe(0);
  });
});
