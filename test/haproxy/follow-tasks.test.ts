import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ReconcilePorts, reconcileBalancers } from '../../src/drain/targets/reconcile-balancers.ts';
import { registerTargets } from '../../src/drain/targets/register-targets.ts';
import { stopTask } from '../../src/drain/targets/stop-task.ts';
import { formatServers } from '../../src/platform/haproxy/format-servers.ts';
import { createHaproxyBalancer } from '../../src/platform/haproxy/haproxy-balancer.ts';
import { createRuntimeApi } from '../../src/platform/haproxy/runtime-api.ts';
import { FolderStore } from '../../src/platform/local/folder-store.ts';
import { type LoadCounts, startLoad } from './support/load.ts';
import {
  clusterName,
  openProcessCluster,
  type ProcessCluster,
  type ProcessTask,
} from './support/process-cluster.ts';
import { type RealHaproxy, startHaproxy } from './support/real-haproxy.ts';

const group = 'haproxy:web';
const tags = { 'stormdrain.balancer': group };

let tasks: ProcessCluster;
let haproxy: RealHaproxy;
let folder: string;

beforeEach(async () => {
  tasks = openProcessCluster();
  haproxy = await startHaproxy(['web']);
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-follow-'));
});

afterEach(async () => {
  await tasks.close();
  await haproxy.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (): ReconcilePorts => {
  const store = new FolderStore(join(folder, 'store'));
  const balancer = createHaproxyBalancer({
    api: createRuntimeApi({ address: haproxy.socket }),
    store,
    nowMillis: Date.now,
    deregistrationDelaySeconds: 10,
  });
  return {
    store,
    balancer,
    haproxy: balancer,
    cluster: tasks.cluster,
    addresses: { privateAddresses: async () => new Map() },
    clusters: [clusterName],
    pace: { pay: async () => {}, throttled: () => {} },
    time: { nowMillis: Date.now, sleep: async (millis: number) => void (await sleep(millis)) },
    random: Math.random,
    letters: {
      keep: async ({ reason }) => {
        throw new Error(reason);
      },
    },
  };
};

const tell = (ports: ReconcilePorts, ...some: readonly ProcessTask[]) =>
  registerTargets(ports, { Records: some.map((task) => task.event()) });

/** Milliseconds until it is so. */
const until = async (what: string, isSo: () => Promise<boolean>): Promise<number> => {
  const began = performance.now();
  for (let left = 1000; !(await isSo()); left--) {
    if (left === 0) throw new Error(`${what}: not within ${Math.round(performance.now() - began)} ms`);
    await sleep(20);
  }
  return Math.round(performance.now() - began);
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const isBusy = async (task: ProcessTask): Promise<boolean> => (await task.state()).inFlight > 1;

const allHealthy = async (ports: ReconcilePorts, count: number): Promise<boolean> => {
  const health = (await ports.balancer.health(group)).filter(({ state }) => state !== 'unused');
  return health.length === count && health.every(({ state }) => state === 'healthy');
};

/** So many tasks behind HAProxy, and 500 requests a second for so long; what is done meanwhile is ended with it. */
const underLoad = async (
  ports: ReconcilePorts,
  some: readonly ProcessTask[],
  seconds: number,
  act: () => Promise<void>,
): Promise<LoadCounts> => {
  expect((await tell(ports, ...some)).counts).toMatchObject({ registered: some.length });
  await until('all are healthy', () => allHealthy(ports, some.length));
  const load = await startLoad(folder, haproxy.port, seconds);
  try {
    await until('load arrives', async () =>
      (await Promise.all(some.map((task) => task.state()))).every(({ answered }) => answered > 50),
    );
    await act();
    return await load.ended;
  } catch (error) {
    load.kill();
    throw error;
  }
};

/** How requests ended that failed, as `502 SH: 4`. */
const endings = (): string => {
  const counts = new Map<string, number>();
  for (const { status, termination } of haproxy.failures) {
    const ending = `${status} ${termination}`;
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  return [...counts].map(([ending, count]) => `${ending}: ${count}`).join(', ');
};

const failuresOf = ({ server }: ProcessTask): number =>
  haproxy.failures.filter((request) => request.server === server).length;

const start = async (
  serveOnMillis?: readonly number[],
): Promise<readonly [ProcessTask, ProcessTask, ProcessTask]> =>
  Promise.all([
    tasks.start(tags, serveOnMillis?.[0]),
    tasks.start(tags, serveOnMillis?.[1]),
    tasks.start(tags, serveOnMillis?.[2]),
  ]);

it('adds, reloads, drains, stops, and loses only what was in flight on a task that is killed', async () => {
  const ports = open();
  const [first, second, third] = await start();
  let newAfterMillis = 0;
  let inFlightAtKill = 0;
  const requests = await underLoad(ports, [first, second, third], 25, async () => {
    const added = await Promise.all([tasks.start(tags), tasks.start(tags)]);
    expect((await tell(ports, ...added)).counts).toMatchObject({ registered: 2 });
    newAfterMillis = await until('new ones get traffic', async () =>
      (await Promise.all(added.map((task) => task.state()))).every(({ answered }) => answered > 0),
    );

    await haproxy.reload(await formatServers(ports.store, group));
    expect(await reconcileBalancers(ports)).toMatchObject({ added: 0, removed: 0, failures: [] });
    await until('all five are healthy', () => allHealthy(ports, 5));

    for (const task of [first, second]) {
      await until('requests are in flight', () => isBusy(task));
      const request = {
        cluster: clusterName,
        taskArn: task.taskArn,
        reason: 'test',
        settleSeconds: 1,
        budgetSeconds: 8,
      };
      expect(await stopTask(ports, request)).toMatchObject({ stage: 'stopped', inFlight: 0 });
      await tell(ports, task);
    }
    expect(await reconcileBalancers(ports)).toMatchObject({ added: 0, silenced: 0, failures: [] });
    expect((await ports.balancer.health(group)).map(({ port }) => port).sort()).toEqual(
      [third, ...added].map(({ port }) => port).sort(),
    );
    expect(haproxy.failures).toEqual([]);

    await until('requests are in flight', () => isBusy(third));
    inFlightAtKill = (await third.state()).inFlight;
    await third.kill();
    await tell(ports, third);
    await until('two are left', () => allHealthy(ports, 2));
  });
  say(`two more got traffic ${newAfterMillis} ms after they were registered`);
  say(`requests: ${JSON.stringify(requests)}`);
  say(
    `one was killed with ${inFlightAtKill} requests in flight: ${requests.failed} failed, ${failuresOf(third)} on it (${endings()})`,
  );
  expect(newAfterMillis).toBeLessThan(2_000);
  expect(requests.completed).toBeGreaterThan(10_000);
  expect(requests.failed).toBe(failuresOf(third));
  expect(haproxy.failures).toHaveLength(requests.failed);
  expect(requests.failed).toBeGreaterThan(0);
  expect(requests.failed).toBeLessThan(requests.started / 20);
});

it('counts the requests that a stop before the deregistration loses, and none where the task serves on', async () => {
  const ports = open();
  const [staying, hasty, patient] = await start([0, 0, 4_000]);
  const requests = await underLoad(ports, [staying, hasty, patient], 15, async () => {
    for (const task of [patient, hasty]) {
      await until('requests are in flight', () => isBusy(task));
      const stopped = tasks.cluster.stopTask(clusterName, task.taskArn, 'by somebody else');
      // About as long as EventBridge and the queue take.
      await sleep(1_000);
      await tell(ports, task);
      await stopped;
    }
  });
  say(`requests: ${JSON.stringify(requests)}`);
  say(
    `stopped by somebody else: ${failuresOf(hasty)} failed where the task exits at once, ${failuresOf(patient)} where it serves on (${endings()})`,
  );
  expect(failuresOf(hasty)).toBeGreaterThan(0);
  expect([failuresOf(patient), failuresOf(staying)]).toEqual([0, 0]);
  expect(requests.failed).toBe(failuresOf(hasty));
});

it('gives a reloaded HAProxy its servers back, and takes away what nobody registered', async () => {
  const ports = open();
  const some = await start();
  await tell(ports, ...some);
  await haproxy.reload('  server sd-127-0-0-1-9 127.0.0.1:9 check\n');
  expect(await reconcileBalancers(ports)).toMatchObject({
    added: 3,
    silenced: 1,
    removed: 1,
    failures: [],
  });
  expect(await reconcileBalancers(ports)).toMatchObject({ added: 0, silenced: 0, removed: 0 });
  await until('all are healthy', () => allHealthy(ports, 3));
});
