import { describe, expect, it } from 'vitest';
import { aCluster, item, type SmallCluster } from './a-cluster.ts';

const web = ({ world }: SmallCluster) => {
  const service = world.state.services.get('web');
  if (service === undefined) throw new RangeError('there is no service "web"');
  return service;
};

const set = (platform: SmallCluster, desiredCount: number): Promise<void> =>
  platform.time.run(platform.cluster.setDesiredCount('shop', 'web', desiredCount));

describe('a service whose desired count is set', () => {
  it('starts tasks until there are so many', async () => {
    const platform = aCluster();
    await set(platform, 5);
    expect(web(platform).facts()).toMatchObject({ desiredCount: 5, runningCount: 2 });
    await platform.pass(30_000);
    expect(web(platform).facts()).toMatchObject({ runningCount: 5, pendingCount: 0, isDeploying: false });
  });

  it('stops the surplus when its targets are deregistered and their delay is over', async () => {
    const platform = aCluster();
    await set(platform, 1);
    await platform.pass(60_000);
    expect(web(platform).facts()).toMatchObject({ desiredCount: 1, runningCount: 1 });
    const [stopped, ...others] = platform.tasks().filter(({ endedAtMillis }) => endedAtMillis !== null);
    expect(others).toEqual([]);
    expect(stopped?.endedBy).toBe('service');
    const draining = platform.journal.find(({ what }) => what === 'target-draining');
    expect((stopped?.sigtermAtMillis ?? 0) - (draining?.atMillis ?? 0)).toBeGreaterThanOrEqual(20_000);
    expect(platform.traffic().get('web')).toMatchObject({ toDeadTarget: 0, cutOff: 0 });
  });

  it('goes to zero and comes back', async () => {
    const platform = aCluster();
    await set(platform, 0);
    await platform.pass(60_000);
    expect(web(platform).facts()).toMatchObject({ desiredCount: 0, runningCount: 0 });
    await set(platform, 3);
    await platform.pass(30_000);
    expect(web(platform).facts()).toMatchObject({ runningCount: 3 });
  });

  it('has tasks that fit nowhere wait, unplaced, until there is room', async () => {
    const platform = aCluster({
      slotsPerInstance: 1,
      pools: [
        {
          kind: 'autoScalingGroup',
          id: 'workers',
          instances: 0,
          size: { type: 'm6i.large', cpu: 256, memoryMib: 512 },
          bootMillis: [60_000, 60_000],
        },
      ],
    });
    const heard: unknown[] = [];
    platform.onEvent((event) => heard.push(event.detail));
    await set(platform, 4);
    await platform.pass(60_000);
    expect(web(platform).facts()).toMatchObject({ desiredCount: 4, runningCount: 2, pendingCount: 0 });
    expect(heard).toContainEqual(expect.objectContaining({ eventName: 'SERVICE_TASK_PLACEMENT_FAILURE' }));
    await platform.time.run(platform.pools.setTarget({ kind: 'autoScalingGroup', id: 'workers' }, 1));
    await platform.pass(120_000);
    expect(web(platform).facts()).toMatchObject({ desiredCount: 4, runningCount: 4 });
  });

  it('refuses what is no count, and services that are not there', async () => {
    const platform = aCluster();
    await expect(set(platform, -1)).rejects.toMatchObject({ name: 'ClusterRefused' });
    const setting = platform.time.run(platform.cluster.setDesiredCount('shop', 'none', 1));
    await expect(setting).rejects.toMatchObject({ name: 'ClusterRefused' });
  });

  it('tells how many ran on average', async () => {
    const platform = aCluster();
    const from = platform.time.nowMillis();
    await platform.pass(60_000);
    await set(platform, 4);
    await platform.pass(120_000);
    const { running } = web(platform);
    expect(running.average(from, from + 60_000)).toBe(2);
    expect(running.average(from + 120_000, from + 180_000)).toBe(4);
    const middle = running.average(from + 60_000, from + 120_000);
    expect(middle).toBeGreaterThan(2);
    expect(middle).toBeLessThan(4);
  });
});

describe('a deployment', () => {
  it('replaces all tasks by those of a new revision, and is over when they are healthy', async () => {
    const platform = aCluster();
    await platform.pass(1_000);
    platform.world.deploy(web(platform));
    expect(web(platform).facts()).toMatchObject({
      isDeploying: true,
      taskDefinitionArn: expect.stringMatching(/web:2$/),
    });
    await platform.pass(120_000);
    expect(web(platform).facts()).toMatchObject({ isDeploying: false, runningCount: 2 });
    const running = platform.tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING');
    for (const { origin } of running) expect(origin.definition.taskDefinitionArn).toMatch(/web:2$/);
    expect(platform.traffic().get('web')).toMatchObject({ toDeadTarget: 0, cutOff: 0, unserved: 0 });
  });

  it('waits for room when it may stop nothing before', async () => {
    const platform = aCluster({ slotsPerInstance: 1 });
    platform.world.deploy(web(platform));
    await platform.pass(120_000);
    expect(web(platform).facts()).toMatchObject({ isDeploying: true, runningCount: 2 });
  });
});

describe('what an instance has left', () => {
  it('is what its tasks leave, until they have ended', async () => {
    const platform = aCluster({
      instances: 0,
      groups: [],
      services: [{ name: 'web', desiredCount: 3, cpu: 1_024, memoryMib: 2_000 }],
      pools: [
        {
          kind: 'ec2Fleet',
          id: 'fleet-1',
          instances: 1,
          size: { type: 'm6i.xlarge', cpu: 4_096, memoryMib: 15_600, attributes: { rack: 'a' } },
        },
      ],
    });
    const { containerInstanceArn } = item(platform.instances(), 0);
    const described = async () => {
      const found = await platform.time.run(
        platform.cluster.describeInstances('shop', [containerInstanceArn]),
      );
      return item(found, 0);
    };
    expect(await described()).toMatchObject({
      instanceType: 'm6i.xlarge',
      registered: { cpu: 4_096, memoryMib: 15_600 },
      remaining: { cpu: 1_024, memoryMib: 9_600 },
      attributes: { rack: 'a' },
    });
    await set(platform, 1);
    await platform.pass(30_000);
    expect(await described()).toMatchObject({ remaining: { cpu: 3_072, memoryMib: 13_600 } });
  });

  it('fits no more tasks than it has CPU or memory for', async () => {
    const size = { type: 'm6i.large', cpu: 2_048, memoryMib: 7_000 };
    const platform = aCluster({
      instances: 0,
      groups: [],
      services: [
        { name: 'web', desiredCount: 0, cpu: 100, memoryMib: 2_000 },
        { name: 'single', desiredCount: 0, isDistinct: true },
      ],
      pools: [{ kind: 'ec2Fleet', id: 'fleet-1', instances: 0, size, bootMillis: [1_000, 2_000] }],
    });
    await platform.time.run(platform.pools.setTarget({ kind: 'ec2Fleet', id: 'fleet-1' }, 2));
    await platform.time.run(platform.cluster.setDesiredCount('shop', 'single', 4));
    await set(platform, 20);
    await platform.pass(120_000);
    expect(web(platform).facts()).toMatchObject({ runningCount: 6 });
    expect(platform.world.state.services.get('single')?.facts()).toMatchObject({ runningCount: 2 });
  });
});
