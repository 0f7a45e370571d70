import { describe, expect, it } from 'vitest';
import { sizeOfSlots } from '../../../../src/platform/local/simulation/instance-size.ts';
import { sumTraffic } from '../../../../src/platform/local/simulation/traffic.ts';
import { aCluster, item, type SmallCluster } from './a-cluster.ts';

const drainFirst = async (platform: SmallCluster): Promise<void> => {
  const { containerInstanceArn } = item(platform.instances(), 0);
  await platform.time.run(
    platform.cluster.setInstanceState(platform.clusterName, [containerInstanceArn], 'DRAINING'),
  );
};

const failed = (platform: SmallCluster): number => {
  const { toDeadTarget, cutOff, unserved } = sumTraffic(platform.traffic().values());
  return toDeadTarget + cutOff + unserved;
};

describe('DRAINING in a simulated cluster', () => {
  it("has a service's task replaced elsewhere, deregistered, and only then stopped: no request is lost", async () => {
    const platform = aCluster();
    await drainFirst(platform);
    await platform.pass(120_000);
    const [leaving, , replacement] = platform.tasks();
    expect(leaving).toMatchObject({ endedBy: 'service', lastStatus: 'STOPPED' });
    expect(replacement?.origin.instance).toBe(item(platform.instances(), 1));
    expect(replacement).toMatchObject({ lastStatus: 'RUNNING' });
    expect(failed(platform)).toBe(0);
    const target = `web ${item(platform.instances(), 0).instanceId}:32768`;
    const about = [target, leaving?.taskArn];
    const order = platform.journal.filter(({ of }) => about.includes(of)).map(({ what }) => what);
    const wanted = ['target-draining', 'target-silent', 'target-removed', 'task-sigterm', 'task-stopped'];
    expect(order.filter((what) => wanted.includes(what))).toEqual(wanted);
  });

  it('waits for the deregistration delay before SIGTERM: a long one outlasts the two minutes', async () => {
    const platform = aCluster({ groups: [{ name: 'web', deregistrationDelaySeconds: 300 }] });
    await drainFirst(platform);
    await platform.pass(120_000);
    expect(item(platform.tasks(), 0)).toMatchObject({ lastStatus: 'DEACTIVATING', sigtermAtMillis: null });
  });

  it('replaces nothing at minimumHealthyPercent 100 without room elsewhere', async () => {
    const platform = aCluster({ slotsPerInstance: 1 });
    await drainFirst(platform);
    await platform.pass(300_000);
    expect(platform.tasks().map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING']);
    platform.world.state.addInstance(sizeOfSlots(1), platform.time.nowMillis());
    platform.world.scheduler.allChanged();
    await platform.pass(120_000);
    expect(platform.tasks().map(({ lastStatus }) => lastStatus)).toEqual(['STOPPED', 'RUNNING', 'RUNNING']);
  });

  it('leaves tasks of their own and daemons alone, and starts no daemon again that was stopped there', async () => {
    const platform = aCluster({
      services: [{ name: 'agent', desiredCount: 0, schedulingStrategy: 'DAEMON' }],
      batchTasks: [{ count: 2 }],
    });
    await drainFirst(platform);
    await platform.pass(120_000);
    expect(platform.tasks().map(({ lastStatus }) => lastStatus)).toEqual(Array(4).fill('RUNNING'));
    for (const task of platform.tasks().slice(0, 2)) platform.world.stopTask(task);
    await platform.pass(120_000);
    // The one on the instance that stays is started again.
    expect(platform.tasks().slice(4)).toMatchObject([{ lastStatus: 'RUNNING' }]);
    expect(item(platform.tasks(), 4).origin.instance).toBe(item(platform.instances(), 1));
  });

  it('stops tasks of services at once that are still PENDING', async () => {
    const platform = aCluster({ instances: 1, services: [{ name: 'web', desiredCount: 1 }] });
    item(platform.tasks(), 0).origin.service?.liveTasks.clear();
    platform.world.scheduler.allChanged();
    await platform.pass(3_500);
    const pending = item(platform.tasks(), 1);
    expect(pending.lastStatus).toBe('PENDING');
    await drainFirst(platform);
    expect(pending.lastStatus).toBe('STOPPED');
    await platform.pass(30_000);
    expect(pending.runningAtMillis).toBeNull();
  });

  it('is taken back: what is too many then is stopped', async () => {
    const platform = aCluster();
    await drainFirst(platform);
    await platform.pass(4_000);
    const { containerInstanceArn } = item(platform.instances(), 0);
    await platform.time.run(
      platform.cluster.setInstanceState(platform.clusterName, [containerInstanceArn], 'ACTIVE'),
    );
    await platform.pass(120_000);
    const running = platform.tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING');
    expect(running).toHaveLength(2);
    expect(failed(platform)).toBe(0);
  });
});
