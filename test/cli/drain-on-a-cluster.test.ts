import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { DirectDrainApi } from '../../src/drain/operator/direct-drain-api.ts';
import { drainInstance } from '../../src/drain/unhurried/drain-instance.ts';
import { type SimulatedDrains, simulateDrains } from '../../src/platform/local/simulated-drains.ts';
import { aStorm } from '../../src/platform/local/simulation/a-storm.ts';
import { aLogsApi } from './a-logs-api.ts';
import { aContext, aRunApi, type TestContext } from './builders.ts';
import { aScalingApi } from './scaling-builders.ts';

/** A stack that looks after a simulated cluster; commands wait in its virtual time. */
const aStack = (): SimulatedDrains => {
  const drains: SimulatedDrains = simulateDrains({
    simulation: {
      ...aStorm({ seed: 5, instances: 4, tasksPerInstance: 4, groups: 2 }),
      clusterName: 'web',
      slotsPerInstance: 8,
    },
    drainInstance: (ports, input) => drainInstance({ ...ports, conductor: drains.conductor }, input),
  });
  return drains;
};

const contextOn = ({ ports, conductor, time }: SimulatedDrains): TestContext => {
  const unexpected = () => Promise.reject(new Error('a schedule was not expected'));
  const schedules = { put: unexpected, list: unexpected, delete: unexpected };
  const api = new DirectDrainApi({ ...ports, conductor });
  const context = aContext(aRunApi(), {
    env: { USER: 'ada', STORMDRAIN_STACK: 'load' },
    openApp(stack) {
      if (stack === undefined) throw new Error('this machine was opened');
      return Promise.resolve({
        api: aRunApi(),
        stack: {
          ...stack,
          bucketName: 'bucket',
          schedules,
          drains: api,
          scaling: aScalingApi(),
          logs: aLogsApi(),
        },
        close: () => Promise.resolve(),
      });
    },
  });
  return Object.assign(context, {
    now: () => time.nowMillis(),
    sleep: (millis: number) => time.sleep(millis),
  });
};

/** Types command after command; what each printed and its exit code. */
const type = async (drains: SimulatedDrains, ...words: readonly string[]) => {
  const context = contextOn(drains);
  const code = await main(words, context);
  return { code, out: context.stdout.text, err: context.stderr.text };
};

const first = (drains: SimulatedDrains): string => drains.platform.instances()[0]?.instanceId ?? '';

describe('the commands on a cluster', () => {
  it('drain an instance while somebody watches, and show it afterwards', async () => {
    const drains = aStack();
    const instance = first(drains);
    await drains.play(async () => {
      const followed = await type(drains, 'drain', instance, '--deadline', '2m', '--follow');
      expect(followed.code, followed.err).toBe(0);
      expect(followed.err).toMatch(/s {2}DRAINING: no new tasks come\n/);
      expect(followed.out).toContain(`EMPTY  ${instance} in cluster web`);
      expect(followed.out).toContain('an operator asked for it: ada');
      expect((await type(drains, 'drains')).out).toMatch(new RegExp(`^${instance}-\\w+ .*empty`, 'm'));
      expect((await type(drains, 'drain', instance, '--cancel')).code).toBe(2);
    });
    expect(drains.platform.instances()[0]).toMatchObject({ status: 'DRAINING' });
  });

  it('take a drain back', async () => {
    const drains = aStack();
    const instance = first(drains);
    await drains.play(async () => {
      expect((await type(drains, 'drain', instance)).out).toContain('without hurry');
      await drains.time.sleep(3_000);
      expect(drains.platform.instances()[0]?.status).toBe('DRAINING');
      const taken = await type(drains, 'drain', instance, '--cancel', '--follow');
      expect(taken.code, taken.err).toBe(0);
      expect(taken.out).toContain('TAKEN BACK');
    });
    expect(drains.platform.instances()[0]?.status).toBe('ACTIVE');
  });

  it('refuse an instance of no cluster', async () => {
    const drains = aStack();
    await drains.play(async () => {
      expect(await type(drains, 'drain', 'i-0123456789abcdef0')).toMatchObject({
        code: 2,
        err: expect.stringContaining('registered in none of the clusters'),
      });
    });
  });

  it('stop a task without a failed request', async () => {
    const drains = aStack();
    const task = drains.platform.tasks()[0];
    await drains.play(async () => {
      const stopped = await type(drains, 'stop-task', task?.taskArn ?? '', '--cluster', 'web');
      expect(stopped.code, stopped.err).toBe(0);
      expect(stopped.out).toMatch(/^Told task arn:\S+ of cluster web to stop after \d+\.\d s/);
      expect(stopped.err).toContain('the balancers send it nothing new; settling');
      await drains.time.sleep(60_000);
    });
    expect(task?.lastStatus).toBe('STOPPED');
    for (const group of drains.platform.traffic().values()) {
      expect(group.sent).toBeGreaterThan(0);
      expect(group).toMatchObject({ toDeadTarget: 0, cutOff: 0, unserved: 0 });
    }
  });

  it('check a cluster', async () => {
    const drains = aStack();
    await drains.play(async () => {
      const checked = await type(drains, 'drain', 'check', 'web');
      expect(checked.out).toMatch(/^Cluster web: 4 instances, 16 tasks, 2 services, 2 balancer groups\.$/m);
      expect(await type(drains, 'drain', 'check', 'api')).toMatchObject({ code: 2 });
    });
  });
});
