import { describe, expect, it } from 'vitest';
import { aCluster, item } from './a-cluster.ts';

describe('a setup', () => {
  it('is refused when it places more on an instance than it has room for', () => {
    expect(() => aCluster({ slotsPerInstance: 1, batchTasks: [{ count: 1 }] })).toThrow(
      'the setup places 2 tasks on instance 0, which has room for 1: raise slotsPerInstance',
    );
  });

  it('is refused when a service is behind a group that it lacks', () => {
    expect(() => aCluster({ groups: [] })).toThrow('the setup has no group "web"');
  });
});

describe('instances that are taken away', () => {
  it('are warned, and gone 120 s later with all that runs on them', async () => {
    const platform = aCluster({ batchTasks: [{ count: 1, onInstances: [0] }] });
    const { instanceId } = item(platform.instances(), 0);
    const now = platform.time.nowMillis();
    const [interruption] = platform.pool.interrupt([instanceId]);
    expect(interruption).toMatchObject({
      instanceId,
      cause: 'spot-terminate',
      noticedAtMillis: now,
      deadlineMillis: now + 120_000,
      event: {
        'detail-type': 'EC2 Spot Instance Interruption Warning',
        source: 'aws.ec2',
        time: '2027-01-15T08:00:00Z',
        detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
      },
    });
    await platform.pass(119_999);
    expect(item(platform.tasks(), 2).lastStatus).toBe('RUNNING');
    await platform.pass(2);
    const ended = platform.tasks().filter(({ origin }) => origin.instance.instanceId === instanceId);
    expect(ended.map(({ endedAtMillis }) => endedAtMillis)).toEqual([now + 120_000, now + 120_000]);
    expect(ended.map(({ endedBy }) => endedBy)).toEqual(['instance-gone', 'instance-gone']);
    const { arns } = await platform.time.run(platform.cluster.listInstances(platform.clusterName));
    expect(arns).toEqual([item(platform.instances(), 1).containerInstanceArn]);
  });

  it('lose the requests that are in flight, and those that come until health checks notice', async () => {
    const platform = aCluster({ services: [], batchTasks: [{ count: 2, group: 'web' }] });
    platform.pool.interrupt([item(platform.instances(), 0).instanceId]);
    await platform.pass(180_000);
    const traffic = platform.traffic().get('web');
    expect(traffic?.cutOff).toBeGreaterThan(0);
    expect(traffic?.toDeadTarget).toBeGreaterThan(50 * 10 - 1);
    expect(traffic?.toDeadTarget).toBeLessThan(50 * 15 + 1);
  });

  it('go at once when they hibernate', async () => {
    const platform = aCluster();
    platform.pool.interrupt([item(platform.instances(), 0).instanceId], 'hibernate');
    await platform.pass(1);
    expect(item(platform.instances(), 0).status).toBe('INACTIVE');
  });

  it('wait for their hook, which times out unless it hears a heartbeat', async () => {
    const platform = aCluster();
    const { instanceId } = item(platform.instances(), 0);
    const { action, event } = platform.pool.terminate(instanceId, 60);
    expect(event.detail).toMatchObject({ EC2InstanceId: instanceId, LifecycleHookName: 'drain' });
    await platform.pass(50_000);
    expect(await platform.time.run(platform.capacity.recordHeartbeat(action))).toBe('recorded');
    await platform.pass(50_000);
    expect(item(platform.instances(), 0).status).toBe('ACTIVE');
    await platform.pass(11_000);
    expect(item(platform.instances(), 0).status).toBe('INACTIVE');
    expect(await platform.time.run(platform.capacity.completeLifecycleAction(action))).toBe('gone');
  });
  it('wait for their hook for 100 of its timeouts at most, whatever heartbeats come', async () => {
    const platform = aCluster();
    const { instanceId } = item(platform.instances(), 0);
    const { action } = platform.pool.terminate(instanceId, 30);
    expect(await platform.time.run(platform.capacity.heartbeatSeconds(action))).toBe(30);
    const begun = platform.time.nowMillis();
    for (let heartbeats = 0; item(platform.instances(), 0).status === 'ACTIVE'; heartbeats++) {
      if (heartbeats > 200) throw new RangeError('it waits for ever');
      await platform.time.run(platform.capacity.recordHeartbeat(action));
      await platform.pass(20_000);
    }
    expect((item(platform.instances(), 0).goneAtMillis ?? 0) - begun).toBeGreaterThan(2_990_000);
    expect((item(platform.instances(), 0).goneAtMillis ?? 0) - begun).toBeLessThanOrEqual(3_000_000);
    expect(await platform.time.run(platform.capacity.heartbeatSeconds(action))).toBeNull();
  });
});
