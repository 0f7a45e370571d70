import { describe, expect, it } from 'vitest';
import { readProgress } from '../../../src/drain/coordinator/drain-progress.ts';
import { leavingDocument, leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { sweepDrains } from '../../../src/drain/leaving/sweep-drains.ts';
import { updateLeaving } from '../../../src/drain/leaving/update-leaving.ts';
import type { DrainRecord } from '../../../src/drain/records/drain-record.ts';
import { CallThrottledError, ClusterRefusedError } from '../../../src/errors.ts';
import { readJson } from '../../../src/store/stored-json.ts';
import { drainOne, instanceOf, recordsOf, someDrains, tasksOf } from '../support/drain-one.ts';
import { request } from '../support/play-case.ts';

/** ECS's scheduler leaves the tasks of such a service where they are. */
const kept = { minimumHealthyPercent: 100, maximumPercent: 100 };

const denied = async (): Promise<never> => {
  throw new ClusterRefusedError('AccessDenied: not authorized');
};

const endedBy = (drains: ReturnType<typeof someDrains>, index = 0) =>
  new Set(tasksOf(drains, index).map((task) => task.endedBy));

describe('a drain for which something is refused', () => {
  it('empties an instance that cannot be set DRAINING, and names it', async () => {
    const drains = someDrains();
    drains.platform.cluster.setInstanceState = denied;
    const record = await drainOne(drains);
    expect(record.outcome).toMatch(/empty|gone/);
    expect(record.missed.join()).toMatch(/draining failed \d+ times: ClusterRefused: AccessDenied/);
    expect(tasksOf(drains)[0]?.endedBy).toBe('stop-task');
    expect(tasksOf(drains)[1]?.endedBy).toBe('stop-task');
  });

  it('does not make ten calls of one when setting DRAINING is throttled', async () => {
    const drains = someDrains({ instances: 20, services: [] });
    const sizes: number[] = [];
    drains.platform.cluster.setInstanceState = async (_, arns) => {
      sizes.push(arns.length);
      throw new CallThrottledError('Rate exceeded');
    };
    await drains.play(async () => {
      await drains.hear(
        drains.platform.pool
          .interrupt(drains.platform.instances().map(({ instanceId }) => instanceId))
          .map(({ event }) => event),
      );
      await drains.time.sleep(20_000);
    });
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes.filter((size) => size === 1)).toEqual([]);
  });

  it('takes the default stop timeout for a definition that cannot be read, and reads it again', async () => {
    const drains = someDrains();
    const { cluster } = drains.platform;
    const read = cluster.describeTaskDefinition.bind(cluster);
    let calls = 0;
    cluster.describeTaskDefinition = (arn) => (++calls < 3 ? denied() : read(arn));
    expect(await drainOne(drains)).toMatchObject({ outcome: 'empty', missed: [] });
    expect(calls).toBe(3);
  });

  it('forgets that a service could not be read once it can', async () => {
    const drains = someDrains();
    const { cluster } = drains.platform;
    const read = cluster.describeServices.bind(cluster);
    let calls = 0;
    cluster.describeServices = (name, services) => (++calls < 3 ? denied() : read(name, services));
    expect(await drainOne(drains)).toMatchObject({
      outcome: 'empty',
      missed: [],
      groups: [{ group: 'web', targets: 2 }],
    });
  });

  it('does not hold the others up when one group refuses', async () => {
    const groups = ['web', 'bad'].map((name) => ({
      name,
      requestsPerSecond: 30,
      deregistrationDelaySeconds: 20,
    }));
    const drains = someDrains({
      groups,
      services: groups.map(({ name }) => ({ name, desiredCount: 3, groups: [name], ...kept })),
    });
    const { balancer } = drains.platform;
    const deregister = balancer.deregister.bind(balancer);
    balancer.deregister = (group, targets) => (group === 'bad' ? denied() : deregister(group, targets));
    const record = await drainOne(drains);
    expect(record.outcome).toBe('empty');
    expect(record.missed.join()).toMatch(/deregister of bad failed \d+ times/);
    expect(record.missed.join()).toMatch(/no balancer confirmed/);
    expect(endedBy(drains)).toEqual(new Set(['stop-task']));
    const [good, bad] = tasksOf(drains).toSorted(
      (a, b) => (a.stopAskedAtMillis ?? 0) - (b.stopAskedAtMillis ?? 0),
    );
    expect(good?.origin.service?.serviceName).toBe('web');
    // The other at its latest instant: the deadline less its stop timeout and the margin.
    const deadline = record.deadlineMillis;
    expect(bad?.stopAskedAtMillis).toBeGreaterThanOrEqual(deadline - 35_000);
    expect(bad?.stopAskedAtMillis).toBeLessThan(deadline - 30_000);
  });
});

describe('Auto Scaling, when a hook waits for a hurried drain', () => {
  const withHook = async (fail: (call: number) => boolean) => {
    const drains = someDrains();
    const { platform } = drains;
    const { capacity } = platform;
    const complete = capacity.completeLifecycleAction.bind(capacity);
    const answers: string[] = [];
    let calls = 0;
    capacity.completeLifecycleAction = async (action) => {
      if (fail(++calls)) return denied();
      const answer = await complete(action);
      answers.push(`${answer} ${instanceOf(drains).liveTasks.size}`);
      return answer;
    };
    const { instanceId } = instanceOf(drains);
    const records = await drains.play(async (): Promise<readonly DrainRecord[]> => {
      const [warned] = platform.pool.interrupt([instanceId]);
      const hooks = [platform.pool.terminate(instanceId), platform.pool.terminate(instanceId)];
      await drains.hear([warned?.event, ...hooks.map(({ event }) => event)]);
      await drains.finished();
      return recordsOf(drains);
    });
    return { records, answers };
  };

  it('is told once for each hook, when the instance is empty', async () => {
    const { records, answers } = await withHook(() => false);
    expect(answers).toEqual(['completed 0', 'completed 0']);
    expect(records).toMatchObject([{ outcome: 'empty', missed: [] }]);
  });

  it('is told again until it has heard, before the drain has ended', async () => {
    const { records, answers } = await withHook((call) => call <= 4);
    expect(answers).toEqual(expect.arrayContaining(['completed 0', 'completed 0']));
    expect(records).toHaveLength(1);
    expect(records[0]?.missed).toEqual([]);
  });

  it('is given up long after the deadline, and that is named', async () => {
    const { records, answers } = await withHook(() => true);
    expect(answers).toEqual([]);
    expect(records[0]?.missed.join()).toMatch(/lifecycle failed \d+ times: ClusterRefused: AccessDenied/);
  });
});

describe('drains that meet', () => {
  it('takes in an instance that leaves while another is drained, with one end for each', async () => {
    const drains = someDrains();
    const [one, two] = [instanceOf(drains, 0).instanceId, instanceOf(drains, 1).instanceId];
    const records = await drains.play(async () => {
      for (const id of [one, two]) {
        const [warned] = drains.platform.pool.interrupt([id]);
        await drains.hear([warned?.event]);
        await drains.time.sleep(12_000);
      }
      await drains.finished();
      return recordsOf(drains);
    });
    expect(records.map(({ instanceId, outcome, missed }) => ({ instanceId, outcome, missed }))).toEqual([
      { instanceId: two, outcome: 'empty', missed: [] },
      { instanceId: one, outcome: 'empty', missed: [] },
    ]);
  });

  it('takes in an instance that is heard of in the moment in which the coordinator gives its lease up', async () => {
    const drains = someDrains();
    const { platform, store } = drains;
    const [one, two] = [instanceOf(drains, 0).instanceId, instanceOf(drains, 1).instanceId];
    const put = store.put.bind(store);
    let isHeard = false;
    store.put = async (key, body, condition) => {
      const isGivenUp = new TextDecoder().decode(body).includes('"leasedUntilMillis": 0');
      if (!isHeard && key === leavingKey(platform.clusterName) && isGivenUp) {
        isHeard = true;
        await drains.hear(platform.pool.interrupt([two]).map(({ event }) => event));
      }
      return put(key, body, condition);
    };
    const records = await drains.play(async () => {
      await drains.hear(platform.pool.interrupt([one]).map(({ event }) => event));
      await drains.finished();
      return recordsOf(drains);
    });
    expect(isHeard).toBe(true);
    expect(records.map(({ instanceId, outcome }) => [instanceId, outcome])).toEqual([
      [two, 'empty'],
      [one, 'empty'],
    ]);
  });

  it('makes an instance ACTIVE again that is taken back, and registers what still runs', async () => {
    const drains = someDrains();
    const { platform, time, ports } = drains;
    const { instanceId } = instanceOf(drains);
    const [record] = await drains.play(async () => {
      await drains.hear([request(instanceId, time.nowMillis() + 120_000, time.nowMillis())]);
      await time.sleep(6_000);
      await updateLeaving(ports, platform.clusterName, (document) => {
        const entry = document?.instances[instanceId];
        if (document === undefined || entry === undefined) throw new Error('nothing was heard');
        const taken = { ...entry, cancelledAtMillis: time.nowMillis() };
        return { ...document, instances: { ...document.instances, [instanceId]: taken } };
      });
      await drains.finished();
      await time.sleep(60_000);
      return recordsOf(drains);
    });
    expect(record).toMatchObject({ outcome: 'taken-back', missed: [] });
    expect(instanceOf(drains).status).toBe('ACTIVE');
    const web = platform.world.targets.groups.get('web')?.health() ?? [];
    const running = tasksOf(drains).filter((task) => task.endedBy === null);
    for (const { origin } of running)
      expect(web).toContainEqual({ id: instanceId, port: origin.ports[0]?.port, state: 'healthy' });
  });
});

describe('the sweep', () => {
  it('gives a coordinator that died a successor, which comes to the end', async () => {
    const drains = someDrains();
    const { platform, ports, time } = drains;
    const document = await drains.play(async () => {
      const nobody = { conduct: async () => undefined, conductInstance: async () => undefined };
      const [warned] = platform.pool.interrupt([instanceOf(drains).instanceId]);
      const conduct = drains.conductor.conduct.bind(drains.conductor);
      drains.conductor.conduct = nobody.conduct;
      await drains.hear([warned?.event]);
      expect(await sweepDrains(ports)).toMatchObject({ hurried: 1, failed: [] });
      await time.sleep(61_000);
      drains.conductor.conduct = conduct;
      await sweepDrains(ports);
      await drains.finished();
      return (await readJson(drains.store, leavingKey(platform.clusterName), leavingDocument))?.value;
    });
    expect(document?.generation).toBe(2);
    expect(Object.values(document?.instances ?? {})[0]?.endedAtMillis).toBeDefined();
    expect(endedBy(drains)).toEqual(new Set(['stop-task']));
  });

  it('is not held up by a cluster that it cannot read', async () => {
    const drains = someDrains();
    const { ports, store, platform } = drains;
    const swept = await drains.play(async () => {
      await store.put(leavingKey('broken'), new TextEncoder().encode('{'));
      const [warned] = platform.pool.interrupt([instanceOf(drains).instanceId]);
      await drains.hear([warned?.event]);
      const result = await sweepDrains({ ...ports, clusters: ['broken', ...ports.clusters, 'empty'] });
      await drains.finished();
      return result;
    });
    expect(swept).toMatchObject({ hurried: 1, unhurried: 0, failed: [{ cluster: 'broken' }] });
  });
});

it('leaves no progress behind when all drains have ended', async () => {
  const drains = someDrains();
  await drainOne(drains);
  const progress = await drains.play(() => readProgress(drains.store, drains.platform.clusterName));
  expect(progress?.value).toEqual({ drains: {}, services: {}, definitions: {}, groups: {} });
});
