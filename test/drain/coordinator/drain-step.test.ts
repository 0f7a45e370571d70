import { expect, it } from 'vitest';
import { drainStep } from '../../../src/drain/coordinator/drain-step.ts';
import type { DrainPorts } from '../../../src/drain/drain-ports.ts';
import { leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { noticedAt } from '../support/a-drain.ts';

const aWorld = (failAtCall = Number.POSITIVE_INFINITY) => {
  let now = noticedAt;
  let calls = 0;
  const log: string[] = [];
  const objects = new Map<string, { body: Uint8Array; etag: string }>();
  const stopped = new Set<string>();
  const told: string[] = [];
  let isDeregistered = false;
  let isDraining = false;
  const called = async <T>(name: string, effect: () => T): Promise<T> => {
    now += 50;
    calls += 1;
    if (calls === failAtCall) throw Object.assign(new Error('gone'), { name: 'ClusterRefused' });
    log.push(name);
    return effect();
  };
  const arns = ['task/web', 'task/batch'];
  const put = (key: string, body: Uint8Array) => {
    calls += 1;
    if (calls === failAtCall) throw new Error('crash');
    const etag = String(calls);
    objects.set(key, { body, etag });
    return { kind: 'written', etag };
  };
  const ports = {
    random: () => 0.5,
    pace: { pay: async () => {}, throttled: () => {} },
    time: {
      nowMillis: () => now,
      sleep: async (millis: number) => {
        now += millis / 4;
      },
    },
    events: { tell: async (event: { type: string }) => void told.push(event.type) },
    store: {
      get: async (key: string, options?: { ifNoneMatch?: string }) => {
        const found = objects.get(key);
        if (found === undefined) return { kind: 'missing' };
        return found.etag === options?.ifNoneMatch ? { kind: 'unchanged' } : { kind: 'found', ...found };
      },
      put: async (key: string, body: Uint8Array, c?: { ifAbsent?: true; ifMatch?: string }) => {
        const has = objects.get(key)?.etag;
        if (c !== undefined && (c.ifAbsent === true ? has !== undefined : has !== c.ifMatch))
          return { kind: 'conflict' };
        return put(key, body);
      },
    },
    balancer: {
      deregister: () =>
        called('deregister', () => {
          isDeregistered = true;
        }),
      health: () =>
        called('health', () => (isDeregistered ? [] : [{ id: 'i-1', port: 80, state: 'healthy' }])),
    },
    cluster: {
      listInstances: () => called('find', () => ({ arns: ['ci/1'] })),
      describeInstances: () =>
        called('describe', () => [
          {
            containerInstanceArn: 'ci/1',
            instanceId: 'i-1',
            status: isDraining ? 'DRAINING' : 'ACTIVE',
            version: 1,
          },
        ]),
      setInstanceState: () =>
        called('DRAINING', () => {
          isDraining = true;
          return [];
        }),
      listTasks: (_: string, { desiredStatus }: { desiredStatus: string }) =>
        called('list', () => ({
          arns: arns.filter((a) => stopped.has(a) === (desiredStatus === 'STOPPED')),
        })),
      describeTasks: (_: string, asked: readonly string[]) =>
        called('tasks', () =>
          asked.map((taskArn) => ({
            taskArn,
            containerInstanceArn: 'ci/1',
            taskDefinitionArn: 'web:1',
            lastStatus: stopped.has(taskArn) ? 'STOPPED' : 'RUNNING',
            service: taskArn === 'task/web' ? 'web' : null,
            tags: {},
            ports: [
              {
                containerName: 'c',
                containerPort: 80,
                reach: 'instance',
                port: 80,
                address: '',
                protocol: 'tcp',
              },
            ],
          })),
        ),
      describeServices: () =>
        called('services', () => [
          {
            serviceName: 'web',
            schedulingStrategy: 'REPLICA',
            balancers: [{ targetGroupArn: 'tg', containerName: 'c', containerPort: 80 }],
          },
        ]),
      describeTaskDefinition: () => called('definition', () => ({ stopTimeoutSeconds: 30 })),
      stopTask: (_: string, arn: string) => called(`stop ${arn}`, () => void stopped.add(arn)),
    },
  } as unknown as DrainPorts;
  const notices = [
    { instanceId: 'i-1', cause: 'spot-terminate', noticedAtMillis: now, deadlineMillis: now + 120_000 },
  ];
  const entry = {
    instanceId: 'i-1',
    drainId: 'i-1-a',
    pace: 'hurried',
    deadlineMillis: now + 120_000,
    heardAtMillis: now,
    notices,
  };
  const document = {
    version: 1,
    cluster: 'c',
    generation: 1,
    leasedUntilMillis: 0,
    instances: { 'i-1': entry },
  };
  objects.set(leavingKey('c'), { body: new TextEncoder().encode(JSON.stringify(document)), etag: 'first' });
  return { ports, log, stopped, told, objects };
};

const drainAll = async (world: ReturnType<typeof aWorld>): Promise<string> => {
  for (let step = 0; step < 60; step++) {
    const result = await drainStep(world.ports, { cluster: 'c', generation: 1 }).catch(() => undefined);
    if (result?.done) return result.reason;
  }
  return 'never';
};

it('drains an instance in the right order, and ends', async () => {
  const world = aWorld();
  expect(await drainAll(world)).toBe('ended');
  const order = ['find', 'DRAINING', 'list', 'deregister', 'health', 'stop task/web'].map((c) =>
    world.log.indexOf(c),
  );
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
  expect([...world.stopped].sort()).toEqual(['task/batch', 'task/web']);
  expect(world.told).toEqual(['drain.ended']);
});

it('comes to the same end when any one call or write fails', async () => {
  for (let call = 1; call <= 30; call++) {
    const world = aWorld(call);
    expect(await drainAll(world), `call ${call}`).toBe('ended');
    expect(world.stopped.size, `call ${call}`).toBe(2);
    expect(world.log.indexOf('deregister')).toBeLessThan(world.log.indexOf('stop task/web'));
  }
});

it('leaves the drains to a newer generation', async () => {
  const { ports } = aWorld();
  expect(await drainStep(ports, { cluster: 'c', generation: 0 })).toMatchObject({
    done: true,
    reason: 'superseded',
  });
});
