import { describe, expect, it } from 'vitest';
import { failedRequests, sumTraffic } from '../../src/platform/local/simulation/traffic.ts';
import { drainOne, instanceOf, someDrains, tasksOf } from './support/drain-one.ts';

describe('what other tools get wrong', () => {
  it('lists and stops tasks though somebody else has set the instance DRAINING', async () => {
    const drains = someDrains({
      services: [
        { name: 'web', desiredCount: 6, minimumHealthyPercent: 100, maximumPercent: 100, groups: ['web'] },
      ],
    });
    const { platform } = drains;
    platform.world.setInstanceState(instanceOf(drains), 'DRAINING');
    const record = await drainOne(drains);
    expect(record).toMatchObject({ outcome: 'empty', missed: [], tasks: { seen: 2, stopped: 2 } });
    expect(tasksOf(drains).map((task) => task.endedBy)).toEqual(['stop-task', 'stop-task']);
    expect(platform.calls().get('setInstanceState')?.made ?? 0).toBeLessThanOrEqual(1);
  });

  it('goes on after a retry when the call that set DRAINING got no answer', async () => {
    const drains = someDrains({
      faults: [{ call: 'setInstanceState', nth: 1, does: 'hangs', when: 'after' }],
    });
    expect(await drainOne(drains)).toMatchObject({
      outcome: 'empty',
      missed: [],
      tasks: { seen: 2, stopped: 2 },
    });
  });

  it('lists all pages of tasks', async () => {
    const batchTasks = [{ count: 130, onInstances: [0], exitMillis: [100, 200] as const }];
    const drains = someDrains({ batchTasks, slotsPerInstance: 200 });
    expect(await drainOne(drains)).toMatchObject({ outcome: 'empty', tasks: { seen: 132, stopped: 132 } });
    expect(tasksOf(drains).filter((task) => task.endedBy !== 'stop-task')).toEqual([]);
  });

  it('deregisters each target by its own port', async () => {
    const drains = someDrains();
    const { platform } = drains;
    const asked: unknown[] = [];
    const deregister = platform.balancer.deregister.bind(platform.balancer);
    platform.balancer.deregister = (group, targets) => {
      for (const target of targets) asked.push({ group, ...target });
      return deregister(group, targets);
    };
    await drainOne(drains);
    const { instanceId } = instanceOf(drains);
    const own = tasksOf(drains).map(({ origin }) => ({
      group: 'web',
      id: instanceId,
      port: origin.ports[0]?.port,
    }));
    expect(asked).toEqual(expect.arrayContaining(own));
    expect(asked).toHaveLength(own.length);
  });

  it('sends SIGTERM only when no request comes any more, so that none fails', async () => {
    const drains = someDrains();
    await drainOne(drains);
    const { journal, traffic } = drains.platform;
    expect(failedRequests(sumTraffic(traffic().values()))).toBe(0);
    const at = (what: string, of: string): number =>
      journal.find((e) => e.what === what && e.of === of)?.atMillis ?? 0;
    const { instanceId } = instanceOf(drains);
    for (const { taskArn, origin } of tasksOf(drains)) {
      const silent = at('target-silent', `web ${instanceId}:${origin.ports[0]?.port}`);
      expect(silent).toBeGreaterThan(0);
      expect(at('task-sigterm', taskArn)).toBeGreaterThan(silent);
    }
  });

  it('calls an instance empty when its tasks have stopped, not when they are stopping', async () => {
    const drains = someDrains({
      services: [{ name: 'web', desiredCount: 6, groups: ['web'], exitMillis: [25_000, 25_001] }],
    });
    const record = await drainOne(drains);
    const lastEnd = Math.max(
      ...tasksOf(drains).map((task) => task.endedAtMillis ?? Number.POSITIVE_INFINITY),
    );
    expect(record).toMatchObject({ outcome: 'empty', missed: [], tasks: { seen: 2, stopped: 2 } });
    expect(record.endedAtMillis).toBeGreaterThan(lastEnd);
    expect(record.steps.empty).toBe(lastEnd);
  });
});
