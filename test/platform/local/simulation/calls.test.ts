import { describe, expect, it } from 'vitest';
import { aCluster, item, type SmallCluster } from './a-cluster.ts';

const drainFirst = (platform: SmallCluster) =>
  platform.time.run(
    platform.cluster.setInstanceState(
      platform.clusterName,
      [item(platform.instances(), 0).containerInstanceArn],
      'DRAINING',
    ),
  );

describe('calls to a simulated cluster', () => {
  it('take their latency, half before the effect and half after', async () => {
    const platform = aCluster({ latencyMillis: [200, 200] });
    const begunAt = platform.time.nowMillis();
    await drainFirst(platform);
    expect(platform.time.nowMillis() - begunAt).toBe(200);
    const draining = platform.journal.find(({ what }) => what === 'instance-draining');
    expect(draining?.atMillis).toBe(begunAt + 100);
  });

  it('are throttled when too many come at once, and counted', async () => {
    const platform = aCluster({ latencyMillis: [100, 100] });
    const asked = Array.from({ length: 60 }, () => platform.balancer.health('web'));
    const answers = await platform.time.run(Promise.allSettled(asked));
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(20);
    expect(refused[0]).toMatchObject({ reason: { name: 'CallThrottled' } });
    expect(platform.calls().get('health')).toEqual({ made: 60, throttled: 20, failed: 0 });
    await platform.pass(1_000);
    expect(await platform.time.run(platform.balancer.health('web'))).toHaveLength(2);
  });

  it('fail before their effect, or after it, when a rule says so', async () => {
    const before = aCluster({ faults: [{ call: 'setInstanceState', nth: 1, does: 'fails' }] });
    await expect(drainFirst(before)).rejects.toMatchObject({ name: 'ClusterUnavailable' });
    expect(item(before.instances(), 0).status).toBe('ACTIVE');
    await drainFirst(before);
    expect(item(before.instances(), 0).status).toBe('DRAINING');
    const after = aCluster({ faults: [{ call: 'any', nth: 1, does: 'fails', when: 'after' }] });
    await expect(drainFirst(after)).rejects.toMatchObject({ name: 'ClusterUnavailable' });
    expect(item(after.instances(), 0).status).toBe('DRAINING');
    expect(after.calls().get('setInstanceState')).toMatchObject({ made: 1, failed: 1 });
  });

  it("hang until the caller's patience is over", async () => {
    const platform = aCluster({
      faults: [{ call: 'health', does: 'hangs' }],
      latencyMillis: [100, 100],
      hangMillis: 7_000,
    });
    const begunAt = platform.time.nowMillis();
    const asked = platform.time.run(platform.balancer.health('web'));
    await expect(asked).rejects.toMatchObject({ name: 'BalancerUnavailable' });
    expect(platform.time.nowMillis() - begunAt).toBe(7_050);
  });

  it('are throttled at random, as often as a rule says', async () => {
    const platform = aCluster({ faults: [{ call: 'any', share: 0.3, does: 'is-throttled' }] });
    for (let call = 0; call < 200; call++) {
      await platform.time.run(Promise.allSettled([platform.balancer.health('web')]));
      await platform.pass(1_000);
    }
    const throttled = platform.calls().get('health')?.throttled ?? 0;
    expect(throttled).toBeGreaterThan(30);
    expect(throttled).toBeLessThan(90);
  });

  it('show how things stood a moment ago, and never longer ago than that', async () => {
    const platform = aCluster({ consistencyMillis: 3_000, latencyMillis: [10, 10] });
    const { clusterName } = platform;
    const { containerInstanceArn } = item(platform.instances(), 0);
    await platform.pass(10_000);
    await drainFirst(platform);
    const read = async (): Promise<string | undefined> => {
      const described = platform.cluster.describeInstances(clusterName, [containerInstanceArn]);
      return (await platform.time.run(described))[0]?.status;
    };
    const early = [];
    for (let count = 0; count < 20; count++) early.push(await read());
    expect(new Set(early)).toEqual(new Set(['ACTIVE', 'DRAINING']));
    await platform.pass(3_000);
    for (let count = 0; count < 20; count++) expect(await read()).toBe('DRAINING');
  });

  it('refuse batches that AWS refuses', async () => {
    const platform = aCluster();
    const arns = Array.from({ length: 11 }, () => item(platform.instances(), 0).containerInstanceArn);
    const asked = platform.time.run(
      platform.cluster.setInstanceState(platform.clusterName, arns, 'DRAINING'),
    );
    await expect(asked).rejects.toMatchObject({ name: 'ClusterRefused', message: /1 to 10, not 11/ });
  });

  it('show higher versions of a task the later they are made', async () => {
    const platform = aCluster();
    const { taskArn } = item(platform.tasks(), 0);
    const version = async (): Promise<number> => {
      const [task] = await platform.time.run(platform.cluster.describeTasks(platform.clusterName, [taskArn]));
      return task?.version ?? 0;
    };
    const running = await version();
    await platform.time.run(platform.cluster.stopTask(platform.clusterName, taskArn, 'a test'));
    const stopping = await version();
    await platform.pass(60_000);
    expect(stopping).toBeGreaterThan(running);
    expect(await version()).toBeGreaterThan(stopping);
  });
});
