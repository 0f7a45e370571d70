import { expect, it } from 'vitest';
import { leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { planCandidates } from '../../../src/scaling/capacity/plan-candidates.ts';
import type { ClusterSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import { demandKey } from '../../../src/scaling/demands/demand-document.ts';
import type { ScalingPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import { newMemory } from '../../../src/scaling/scaling-memory.ts';
import { simulate } from '../../../src/scaling/simulate/simulate.ts';
import { scalerName } from '../../../src/scaling/tick/find-leaving.ts';
import { readSnapshot } from '../../../src/scaling/tick/read-snapshot.ts';
import { writeJson } from '../../../src/store/stored-json.ts';
import { aCapacityPolicy, aPolicy } from '../support/a-policy.ts';
import { Shop } from '../support/a-shop.ts';
import { aDefinition, anInstance, aTask } from '../support/paper-cluster.ts';
import { aPoolSetup, aScript, aServiceSetup, aSetup, aType, startMillis } from './builders.ts';

const pool = aPoolSetup();
const policy: ScalingPolicy = aPolicy({ capacity: aCapacityPolicy({ pools: [pool] }) });
const [one, other] = ['1', '2'].map((number) => `i-${number.padStart(17, '0')}`) as [string, string];
const arnOf = (instanceId: string) =>
  `arn:aws:ecs:eu-west-1:123456789012:container-instance/simulated/${instanceId}`;
const { cpu, memoryMib } = aType();
const registered = { cpu, memoryMib, gpus: 0, tcpPorts: [], udpPorts: [] };

/** What the simulator shows at a second, to somebody who wants to see the tasks that a tick would. */
const simulated = (
  second: number,
  script: Readonly<Record<number, readonly ScalingAction[]>>,
  tasks: number,
) => {
  const setup = aSetup({
    seconds: second + 1,
    metricDelaySeconds: 0,
    services: [aServiceSetup({ initialTasks: tasks })],
    capacity: { pools: [pool], bootSeconds: [60, 60] },
  });
  const scaler = aScript(script, {
    candidates: (snapshot) => planCandidates(snapshot, policy, newMemory('shop')),
  });
  simulate(setup, scaler);
  return scaler.seen.get(second);
};

const aShopAt = (second: number): Shop => {
  const shop = new Shop();
  shop.nowMillis = startMillis + second * 1000;
  shop.pools.add(pool, [one, other]);
  shop.cluster.definitions.set('task-definition/web:1', aDefinition());
  return shop;
};

/** Without the names of cluster and tasks, and readings of the time before the simulation began. */
const alike = (snapshot: ClusterSnapshot | undefined) => ({
  ...snapshot,
  cluster: '',
  pools: snapshot?.pools.map((found) => ({ ...found, minimumUnits: 0, maximumUnits: 0 })),
  instances: snapshot?.instances.map(({ size, tasks, ...instance }) => ({
    ...instance,
    size: {
      cpu: size.cpu,
      memoryMib: size.memoryMib,
      gpus: size.gpus,
      taskEnis: size.taskEnis,
      attributes: {},
    },
    tasks: tasks?.map((task) => ({ ...task, taskArn: '' })),
  })),
  services: snapshot?.services.map((service) => ({
    ...service,
    readings: service.readings.map(({ points }) => points.filter(({ atMillis }) => atMillis > startMillis)),
  })),
  leaving: snapshot?.leaving.map((fact) => ({ ...fact, drainId: '' })),
});

it('a cluster that has no room is simulated as a tick would read it', async () => {
  const shown = simulated(
    110,
    {
      100: [
        { kind: 'beginDrain', pool: 'main', instanceId: one, weight: 1 },
        { kind: 'setService', service: 'web', from: 4, to: 10 },
      ],
    },
    4,
  );
  const shop = aShopAt(110);
  shop.metrics.cloudWatch.values.set('web', 50);
  // Four serve on the one that is drained, four start on the other, and two find no room.
  shop.cluster.addService({ desiredCount: 10, runningCount: 4, pendingCount: 4 });
  const full = { ...registered, cpu: 0, memoryMib: memoryMib - 4 * 1024 };
  const facts = { registered, remaining: full, registeredAtMillis: startMillis };
  shop.cluster.addInstance(
    anInstance({
      ...facts,
      instanceId: one,
      containerInstanceArn: arnOf(one),
      status: 'DRAINING',
      runningTasks: 4,
    }),
  );
  shop.cluster.addInstance(
    anInstance({ ...facts, instanceId: other, containerInstanceArn: arnOf(other), pendingTasks: 4 }),
  );
  const askedAtMillis = startMillis + 100_000;
  await writeJson(shop.store, demandKey('shop'), {
    version: 1,
    cluster: 'shop',
    requests: [],
    placementFailures: { web: askedAtMillis },
  });
  const notice = { instanceId: one, noticedAtMillis: askedAtMillis, deadlineMillis: null };
  await writeJson(shop.store, leavingKey('shop'), {
    version: 1,
    cluster: 'shop',
    generation: 1,
    leasedUntilMillis: 0,
    instances: {
      [one]: {
        instanceId: one,
        drainId: `${one}-1`,
        pace: 'unhurried',
        deadlineMillis: null,
        heardAtMillis: askedAtMillis,
        notices: [{ ...notice, cause: 'operator', detail: scalerName }],
      },
    },
  });
  const read = await readSnapshot(shop.ports, policy, newMemory('shop'));
  expect(alike(shown)).toEqual(alike(read.snapshot));
  expect(shown?.services[0]).toMatchObject({ needs: { cpu: 512 }, placementFailedAtMillis: askedAtMillis });
});

it('a cluster that has too much is simulated as a tick would read it, with the tasks that would have to move', async () => {
  const shown = simulated(70, { 50: [{ kind: 'setService', service: 'web', from: 2, to: 1 }] }, 2);
  const shop = aShopAt(70);
  shop.metrics.cloudWatch.values.set('web', 100);
  shop.cluster.addService({ desiredCount: 1 });
  const facts = { registered, registeredAtMillis: startMillis, containerInstanceArn: arnOf(one) };
  // One is being stopped: it takes room, and won't have to move.
  const remaining = { ...registered, cpu: cpu - 2 * 512, memoryMib: memoryMib - 2 * 1024 };
  shop.cluster.addInstance(anInstance({ ...facts, instanceId: one, remaining, runningTasks: 1 }));
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const taskArn = `task/${shop.cluster.tasks.size}`;
    shop.cluster.tasks.set(taskArn, aTask({ taskArn, containerInstanceArn: arnOf(one), desiredStatus }));
  }
  shop.cluster.addInstance(
    anInstance({ ...facts, instanceId: other, containerInstanceArn: arnOf(other), remaining: registered }),
  );
  const read = await readSnapshot(shop.ports, policy, newMemory('shop'));
  expect(alike(shown)).toEqual(alike(read.snapshot));
  expect(read.snapshot.instances[0]?.tasks).toHaveLength(1);
});
