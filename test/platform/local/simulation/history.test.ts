import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aStorm } from '../../../../src/platform/local/simulation/a-storm.ts';
import { targetKey, targetOf } from '../../../../src/platform/local/simulation/cluster-state.ts';
import {
  type SimulatedPlatform,
  simulateCluster,
} from '../../../../src/platform/local/simulation/simulate-cluster.ts';
import type { SimulationSetup } from '../../../../src/platform/local/simulation/simulation-setup.ts';
import { failedRequests, sumTraffic } from '../../../../src/platform/local/simulation/traffic.ts';
import { VirtualTime } from '../../../../src/platform/local/virtual-time.ts';

const anAction = fc.record({
  afterMillis: fc.nat(9_000),
  does: fc.constantFrom('drain', 'take-back', 'stop', 'deregister', 'register', 'interrupt', 'read'),
  which: fc.nat(40),
});

const aHistory = fc.record({
  seed: fc.nat(1_000_000),
  instances: fc.integer({ min: 1, max: 4 }),
  desiredCount: fc.integer({ min: 0, max: 8 }),
  minimumHealthyPercent: fc.constantFrom(0, 50, 100),
  maximumPercent: fc.constantFrom(100, 150, 200),
  /** One instance has room for all of it. */
  slotsPerInstance: fc.integer({ min: 13, max: 20 }),
  delaySeconds: fc.nat(40),
  onSigterm: fc.constantFrom('closes' as const, 'dies' as const),
  throttledShare: fc.constantFrom(0, 0.2),
  actions: fc.array(anAction, { maxLength: 25 }),
});
type History = typeof aHistory extends fc.Arbitrary<infer Value> ? Value : never;

const requestsPerSecond = 40;

const setupOf = (history: History): SimulationSetup => ({
  seed: history.seed,
  instances: history.instances,
  slotsPerInstance: history.slotsPerInstance,
  groups: ['one', 'two'].map((name) => ({
    name,
    requestsPerSecond,
    deregistrationDelaySeconds: history.delaySeconds,
  })),
  services: [
    {
      name: 'web',
      desiredCount: history.desiredCount,
      minimumHealthyPercent: history.minimumHealthyPercent,
      maximumPercent: history.maximumPercent,
      onSigterm: history.onSigterm,
      groups: ['one', 'two'],
    },
  ],
  batchTasks: [{ count: 2, group: 'one' }, { count: 3 }],
  faults: [{ call: 'any', share: history.throttledShare, does: 'is-throttled' }],
});

const act = async (platform: SimulatedPlatform, { does, which }: History['actions'][number]) => {
  const { cluster, clusterName, balancer } = platform;
  const instance = platform.instances()[which % platform.instances().length];
  const task = platform.tasks()[which % platform.tasks().length];
  if (instance === undefined || task === undefined) return;
  const arns = [instance.containerInstanceArn];
  const [port] = task.origin.ports;
  const targets = port === undefined ? [] : [targetOf(task.origin.instance.instanceId, port)];
  if (does === 'drain') await cluster.setInstanceState(clusterName, arns, 'DRAINING');
  if (does === 'take-back') await cluster.setInstanceState(clusterName, arns, 'ACTIVE');
  if (does === 'stop') await cluster.stopTask(clusterName, task.taskArn, 'a test');
  if (does === 'deregister') await balancer.deregister('one', targets);
  if (does === 'register') await balancer.register('one', targets);
  if (does === 'interrupt') platform.pool.interrupt([instance.instanceId]);
  if (does === 'read') await cluster.listTasks(clusterName, { desiredStatus: 'RUNNING' });
};

const play = async (history: History) => {
  const time = new VirtualTime(60_000);
  const platform = simulateCluster(setupOf(history), time);
  const outcomes: string[] = [];
  const work = history.actions.map(async (action, index) => {
    await time.sleep(action.afterMillis * index * 0.3);
    await act(platform, action).then(
      () => outcomes.push(`${time.nowMillis()} ${action.does}`),
      (error: Error) => outcomes.push(`${time.nowMillis()} ${error.name}`),
    );
  });
  await time.run(Promise.all([...work, time.sleep(200_000)]));
  return { platform, outcomes, time };
};

describe('the history of a simulated cluster', () => {
  it('is the same for the same seed and the same calls', async () => {
    await fc.assert(
      fc.asyncProperty(aHistory, async (history) => {
        const first = await play(history);
        const again = await play(history);
        expect(again.outcomes).toEqual(first.outcomes);
        expect(again.platform.journal).toEqual(first.platform.journal);
        expect(again.platform.traffic()).toEqual(first.platform.traffic());
      }),
      { numRuns: 30 },
    );
  });

  it('loses no request and invents none', async () => {
    await fc.assert(
      fc.asyncProperty(aHistory, async (history) => {
        const { platform, time } = await play(history);
        const due = (requestsPerSecond * (time.nowMillis() - 60_000)) / 1000;
        for (const group of platform.world.targets.groups.values()) {
          const traffic = platform.traffic().get(group.facts.group);
          if (traffic === undefined) throw new RangeError('a group without traffic');
          // Each stint begins and ends somewhere between two requests.
          expect(Math.abs(traffic.sent + traffic.unserved - due)).toBeLessThanOrEqual(
            group.stints.length + 1,
          );
          expect(failedRequests(traffic)).toBeLessThanOrEqual(traffic.sent + traffic.unserved);
        }
        const { sent, cutOff, toDeadTarget } = sumTraffic(platform.traffic().values());
        expect(sumTraffic(platform.trafficByTask().values())).toEqual({
          sent,
          cutOff,
          toDeadTarget,
          unserved: 0,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('has no request sent to a target that is silent, and none before it is healthy', async () => {
    await fc.assert(
      fc.asyncProperty(aHistory, async (history) => {
        const { platform, time } = await play(history);
        for (const group of platform.world.targets.groups.values()) {
          const counter = platform.world.targets.counterOf(group);
          for (const stint of group.stints) {
            const task = platform.world.state.tasksByArn.get(stint.serves.taskArn);
            const keys = (task?.origin.ports ?? []).map((port) =>
              targetKey(targetOf(task?.origin.instance.instanceId ?? '', port)),
            );
            const quiet = platform.journal.find(
              ({ what, of, atMillis }) =>
                (what === 'target-silent' || what === 'target-unhealthy') &&
                atMillis >= stint.fromMillis &&
                keys.some((key) => of === `${group.facts.group} ${key}`),
            );
            const { sent } = counter.count(stint, time.nowMillis());
            if (sent === 0) continue;
            expect(counter.sentAt(stint, 0)).toBeGreaterThanOrEqual(stint.fromMillis);
            expect(counter.sentAt(stint, sent - 1)).toBeLessThanOrEqual(quiet?.atMillis ?? time.nowMillis());
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('overfills no instance, and ends tasks in order and in time', async () => {
    await fc.assert(
      fc.asyncProperty(aHistory, async (history) => {
        const { platform } = await play(history);
        for (const instance of platform.instances())
          expect(instance.liveTasks.size).toBeLessThanOrEqual(history.slotsPerInstance);
        for (const task of platform.tasks()) {
          const { closedAtMillis, endedAtMillis, sigtermAtMillis, origin } = task;
          if (origin.instance.goneAtMillis !== null) expect(endedAtMillis).not.toBeNull();
          if (endedAtMillis === null) continue;
          expect(closedAtMillis).toBeLessThanOrEqual(endedAtMillis);
          expect(endedAtMillis - (sigtermAtMillis ?? endedAtMillis)).toBeLessThanOrEqual(30_000);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of five hundred instances with twenty tasks each ends with nothing on those that were taken away', async () => {
    const time = new VirtualTime();
    const platform = simulateCluster(
      aStorm({ seed: 1, instances: 500, tasksPerInstance: 20, groups: 25 }),
      time,
    );
    expect(platform.tasks()).toHaveLength(10_000);
    const leaving = platform.instances().slice(0, 100);
    platform.pool.interrupt(leaving.map(({ instanceId }) => instanceId));
    await time.run(time.sleep(180_000));
    expect(leaving.flatMap(({ liveTasks }) => [...liveTasks])).toEqual([]);
    const running = platform.tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING');
    expect(running).toHaveLength(10_000);
    expect(failedRequests(sumTraffic(platform.traffic().values()))).toBeGreaterThan(1_000);
  });
});
