import { describe, expect, it } from 'vitest';
import type { PoolSetup } from '../../../../src/platform/local/simulation/simulated-pool.ts';
import type { PoolMemberFacts } from '../../../../src/platform/ports/instance-pools.ts';
import { aCluster, item, type SmallCluster } from './a-cluster.ts';

const aPool = (overrides: Partial<PoolSetup> = {}): PoolSetup => ({
  kind: 'autoScalingGroup',
  id: 'workers',
  instances: 2,
  size: { type: 'm6i.xlarge', cpu: 4_096, memoryMib: 15_600 },
  bootMillis: [60_000, 90_000],
  ...overrides,
});

const withPool = (overrides: Partial<PoolSetup> = {}): SmallCluster =>
  aCluster({ instances: 0, pools: [aPool(overrides)] });

const group = { kind: 'autoScalingGroup', id: 'workers' } as const;
const fleet = { kind: 'ec2Fleet', id: 'workers' } as const;

const members = (platform: SmallCluster): readonly PoolMemberFacts[] =>
  [...platform.keeper.pools.values()].flatMap((pool) => pool.facts());

const registered = (platform: SmallCluster): number => platform.world.state.liveInstances.size;

describe('a pool whose target is raised', () => {
  it('has instances that boot before ECS knows them', async () => {
    const platform = withPool();
    await platform.time.run(platform.pools.setTarget(group, 4));
    await platform.pass(22_000);
    expect(members(platform).map(({ state }) => state)).toEqual([
      'inService',
      'inService',
      'starting',
      'starting',
    ]);
    expect(registered(platform)).toBe(2);
    await platform.pass(40_000);
    expect(members(platform).map(({ state }) => state)).toEqual(Array(4).fill('inService'));
    await platform.pass(60_000);
    expect(registered(platform)).toBe(4);
  });

  it('launches as many as the units that are missing need', async () => {
    const platform = withPool({ kind: 'ec2Fleet', weight: 4 });
    await platform.time.run(platform.pools.setTarget(fleet, 13));
    await platform.pass(200_000);
    expect(members(platform)).toHaveLength(4);
  });

  it('gets nothing while EC2 has no such capacity, and all of it later', async () => {
    const platform = withPool();
    const pool = item([...platform.keeper.pools.values()], 0);
    pool.dryUntilMillis = platform.time.nowMillis() + 600_000;
    await platform.time.run(platform.pools.setTarget(group, 4));
    await platform.pass(590_000);
    expect(members(platform)).toHaveLength(2);
    await platform.pass(200_000);
    expect(registered(platform)).toBe(4);
  });

  it('is refused beyond the limits of a group', async () => {
    const platform = withPool({ maximum: 3 });
    const setting = platform.time.run(platform.pools.setTarget(group, 4));
    await expect(setting).rejects.toMatchObject({ name: 'CapacityRefused' });
  });
});

describe('a pool whose target is lowered', () => {
  it('terminates by its own choice when it is a group', async () => {
    const platform = withPool();
    await platform.time.run(platform.pools.setTarget(group, 1));
    await platform.pass(60_000);
    expect(members(platform)).toHaveLength(1);
    expect(registered(platform)).toBe(1);
  });

  it('keeps what it has when it is a fleet', async () => {
    const platform = withPool({ kind: 'spotFleet' });
    await platform.time.run(platform.pools.setTarget({ kind: 'spotFleet', id: 'workers' }, 1));
    await platform.pass(600_000);
    expect(registered(platform)).toBe(2);
  });
});

describe('an instance that is taken away', () => {
  it('is replaced when it was interrupted', async () => {
    const platform = withPool();
    const { instanceId } = item(platform.instances(), 0);
    platform.pool.interrupt([instanceId]);
    await platform.pass(121_000);
    expect(registered(platform)).toBe(1);
    await platform.pass(150_000);
    expect(registered(platform)).toBe(2);
    expect(members(platform).map((member) => member.instanceId)).not.toContain(instanceId);
  });

  it('is replaced when a fleet still wants as many', async () => {
    const platform = withPool({ kind: 'ec2Fleet' });
    const { instanceId } = item(platform.instances(), 0);
    await platform.time.run(platform.pools.terminate(fleet, instanceId));
    await platform.pass(200_000);
    expect(members(platform)).toHaveLength(2);
    expect(members(platform).map((member) => member.instanceId)).not.toContain(instanceId);
  });

  it('is not replaced by a pool that is not maintained', async () => {
    const platform = withPool({ kind: 'ec2Fleet', isMaintained: false });
    platform.pool.end(item(platform.instances(), 0).instanceId);
    await platform.pass(600_000);
    expect(members(platform)).toHaveLength(1);
  });

  it('may be one that never registered', async () => {
    const platform = withPool();
    await platform.time.run(platform.pools.setTarget(group, 3));
    await platform.pass(25_000);
    const booting = item(members(platform), 2);
    expect(booting.state).toBe('starting');
    await platform.time.run(platform.pools.terminate(group, booting.instanceId));
    await platform.pass(300_000);
    expect(registered(platform)).toBe(2);
    expect(members(platform)).toHaveLength(2);
    expect(platform.instances()).toHaveLength(2);
  });

  it('waits for the lifecycle hook of its group, and is one of its members until then', async () => {
    const platform = withPool({ hookSeconds: 600 });
    const heard: string[] = [];
    platform.onEvent((event) => heard.push(event['detail-type']));
    const { instanceId } = item(platform.instances(), 0);
    await platform.time.run(platform.pools.terminate(group, instanceId));
    await platform.pass(500_000);
    expect(heard).toEqual(['EC2 Instance-terminate Lifecycle Action']);
    expect(members(platform).map(({ state }) => state)).toEqual(['ending', 'inService']);
    expect(registered(platform)).toBe(2);
    await platform.pass(200_000);
    expect(heard).toContain('EC2 Instance State-change Notification');
    expect(registered(platform)).toBe(1);
    expect(
      await platform.time.run(platform.pools.describePools('autoScalingGroup', ['workers'])),
    ).toMatchObject([{ targetUnits: 1, members: [{ state: 'inService' }] }]);
  });
});

describe('a task of its own', () => {
  it('runs for a while where there is room, and is refused where there is none', async () => {
    const platform = withPool({ instances: 1 });
    const report = { cpu: 3_000, memoryMib: 1_000 };
    const task = platform.world.runTask('report', report, 60_000);
    expect(platform.world.runTask('report', report, 60_000)).toBeUndefined();
    await platform.pass(30_000);
    expect(task?.lastStatus).toBe('RUNNING');
    await platform.pass(31_000);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', endedBy: 'itself' });
  });
});
