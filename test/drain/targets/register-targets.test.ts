import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { registerTargets, type TargetsResult } from '../../../src/drain/targets/register-targets.ts';
import { targetsKey } from '../../../src/drain/targets/targets-document.ts';
import { writeJson } from '../../../src/store/stored-json.ts';
import { aDocument, anEntry } from '../support/leaving-builders.ts';
import { aBridgePort, aMessage, aPort, aShop, aTask, taskArn, unavailableAt } from './support/a-shop.ts';

type Shop = ReturnType<typeof aShop>;
const take = ({ ports }: Shop, detail: object): Promise<TargetsResult> =>
  registerTargets(ports, { Records: [aMessage(detail)] });
const stopping = { desiredStatus: 'STOPPED', version: 4 };
const web = 'haproxy:web 10.0.0.5:80';
const leaves = (shop: Shop, over = {}): Promise<unknown> =>
  writeJson(
    shop.ports.store,
    leavingKey('shop'),
    aDocument([anEntry({ instanceId: 'i-1', ...over })], { cluster: 'shop' }),
  );

describe('targets follow their tasks', () => {
  it('registers a tagged task that runs, once', async () => {
    const shop = aShop();
    expect((await take(shop, {})).counts.registered).toBe(1);
    expect((await take(shop, {})).counts).toMatchObject({ registered: 0, ignored: 1 });
    expect((await take(shop, { version: 2 })).counts.ignored).toBe(1);
    expect(shop.calls).toEqual([`register ${web}`]);
  });

  it('deregisters it as soon as it is to stop, and lets no late event bring it back', async () => {
    const shop = aShop();
    await take(shop, {});
    expect((await take(shop, stopping)).counts.deregistered).toBe(1);
    await take(shop, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', version: 7 });
    await take(shop, { version: 3 });
    expect(shop.calls).toEqual([`register ${web}`, `deregister ${web}`]);
  });

  it('never registers a task whose end arrived before its beginning', async () => {
    const shop = aShop();
    await take(shop, stopping);
    expect((await take(shop, { version: 3 })).counts).toMatchObject({ registered: 0, ignored: 1 });
    expect(shop.calls).toEqual([]);
  });

  it('has only those messages of a batch delivered again that failed', async () => {
    const api = aTask({ taskArn: `${taskArn}2`, tags: { 'stormdrain.balancer': 'haproxy:api' } });
    const shop = aShop({ tasks: [aTask(), api], before: unavailableAt('register haproxy:api') });
    const answer = await registerTargets(shop.ports, {
      Records: [
        aMessage({}),
        { ...aMessage({ taskArn: api.taskArn }), messageId: 'm2' },
        { messageId: 'm3', body: 'nonsense' },
      ],
    });
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm2' }],
      counts: { registered: 1, deregistered: 0, ignored: 0, unreadable: 1 },
    });
    expect(shop.registered()).toEqual(['10.0.0.5:80']);
  });

  it('registers with the balancers that answer, and comes back for the others', async () => {
    const api = aTask({ taskArn: `${taskArn}2`, tags: { 'stormdrain.balancer': 'haproxy:api' } });
    const { ports, ...shop } = aShop({ tasks: [aTask(), api] });
    const { describeGroups } = ports.balancer;
    const balancer: typeof ports.balancer = {
      ...ports.balancer,
      describeGroups: async (groups) => {
        if (groups.includes('haproxy:api')) unavailableAt('describe')('describe');
        return describeGroups(groups);
      },
    };
    const answer = await registerTargets(
      { ...ports, balancer },
      { Records: [{ ...aMessage({ taskArn: api.taskArn }), messageId: 'm2' }, aMessage({})] },
    );
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm2' }]);
    expect(shop.registered()).toEqual(['10.0.0.5:80']);
  });

  it('writes nothing down of a batch task that has ended', async () => {
    const shop = aShop({ tasks: [aTask({ tags: {}, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })] });
    const gone = { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', version: 5 };
    expect((await take(shop, gone)).counts).toMatchObject({ deregistered: 0, ignored: 1 });
    expect(await shop.ports.store.get(targetsKey('shop'))).toEqual({ kind: 'missing' });
  });

  it('takes a registration back that a stop overtook', async () => {
    let stop: () => Promise<unknown> = async () => {};
    const shop = aShop({
      before: async (call) => {
        if (call.startsWith('register')) await stop();
      },
    });
    stop = () => take(shop, stopping);
    await take(shop, {});
    expect(shop.calls.at(-1)).toBe(`deregister ${web}`);
    expect(shop.registered()).toEqual([]);
  });

  it('has a failed registration delivered again, and does it then', async () => {
    const unavailable = unavailableAt('register');
    let isDown = true;
    const shop = aShop({ before: (call) => (isDown ? unavailable(call) : undefined) });
    expect((await take(shop, {})).batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    isDown = false;
    expect((await take(shop, {})).batchItemFailures).toEqual([]);
    expect(shop.registered()).toEqual(['10.0.0.5:80']);
  });

  it('has a failed deregistration delivered again, and does it then', async () => {
    const unavailable = unavailableAt('deregister');
    let isDown = true;
    const shop = aShop({ before: (call) => (isDown ? unavailable(call) : undefined) });
    await take(shop, {});
    expect((await take(shop, stopping)).batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    isDown = false;
    expect((await take(shop, stopping)).counts.deregistered).toBe(1);
    expect(shop.registered()).toEqual([]);
  });

  it('asks again while ECS describes the task as it was before the event', async () => {
    const shop = aShop({ tasks: [aTask({ version: 2, lastStatus: 'PENDING' })] });
    expect((await take(shop, {})).batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    shop.setTask(aTask());
    expect((await take(shop, {})).counts.registered).toBe(1);
  });

  it('ends with what is true, in whatever order and however often a life is told', async () => {
    const life = [
      { version: 3, lastStatus: 'RUNNING', desiredStatus: 'RUNNING' },
      { version: 4, lastStatus: 'RUNNING', desiredStatus: 'STOPPED' },
      { version: 5, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(2), { maxLength: 6 }),
        fc.infiniteStream(fc.nat(5)),
        async (lived, again, order) => {
          const shop = aShop();
          const told = [...life.slice(0, lived), ...again.flatMap((n) => (n < lived ? (life[n] ?? []) : []))];
          const shuffled = told
            .map((event) => [order.next().value, event] as const)
            .sort(([a], [b]) => a - b)
            .map(([, event]) => event);
          let truth = 0;
          for (const event of shuffled) {
            truth = Math.max(truth, event.version);
            shop.setTask(aTask({ ...life[truth - 3] }));
            await take(shop, event);
          }
          expect(shop.registered()).toEqual(lived === 1 ? ['10.0.0.5:80'] : []);
          if (shop.calls.includes(`deregister ${web}`))
            expect(shop.calls.lastIndexOf(`register ${web}`)).toBeLessThan(
              shop.calls.indexOf(`deregister ${web}`),
            );
        },
      ),
    );
  });
});

describe('a task in bridge mode', () => {
  const bridge = aTask({ containerInstanceArn: 'ci/1', ports: [aBridgePort] });

  it('is reached by its instance behind HAProxy', async () => {
    const shop = aShop({ tasks: [bridge] });
    expect((await take(shop, {})).counts.registered).toBe(1);
    expect(shop.registered()).toEqual(['10.0.0.9:32768']);
    await take(shop, stopping);
    expect(shop.registered()).toEqual([]);
  });

  it('is reached by the address that it is bound to, if that is one', async () => {
    const shop = aShop({
      tasks: [{ ...bridge, ports: [{ ...aBridgePort, address: '10.0.0.77' }] }],
      addresses: {},
    });
    await take(shop, {});
    expect(shop.registered()).toEqual(['10.0.0.77:32768']);
  });

  it("is known to a target group by its instance's id", async () => {
    const shop = aShop({ tasks: [{ ...bridge, tags: { 'stormdrain.balancer': 'arn:web' } }], addresses: {} });
    await take(shop, {});
    expect(shop.registered('arn:web')).toEqual(['i-1:32768']);
  });

  it('is a dead letter when nobody knows where its instance is', async () => {
    const shop = aShop({ tasks: [bridge], addresses: {} });
    await take(shop, {});
    expect(shop.letters).toEqual([expect.stringContaining('no private address')]);
  });

  it('gets nothing on an instance that is being drained', async () => {
    const shop = aShop({ tasks: [bridge] });
    await leaves(shop);
    expect((await take(shop, {})).counts).toMatchObject({ registered: 0, ignored: 1 });
    expect(shop.calls).toEqual([]);
  });

  it('gets requests again when the drain of its instance was taken back', async () => {
    const shop = aShop({ tasks: [bridge] });
    await leaves(shop, { cancelledAtMillis: 1 });
    expect((await take(shop, {})).counts.registered).toBe(1);
  });

  it('is taken back when its instance began to be drained meanwhile', async () => {
    const shop = aShop({
      tasks: [bridge],
      before: async (call) => {
        if (call.startsWith('register')) await leaves(shop);
      },
    });
    expect((await take(shop, {})).counts.registered).toBe(0);
    expect(shop.registered()).toEqual([]);
  });

  it('is taken back by the next delivery when that one died before it could see the drain', async () => {
    let isDead = false;
    const shop = aShop({
      tasks: [bridge],
      before: async (call) => {
        if (call.startsWith('deregister') && isDead) throw new Error('died');
        if (call.startsWith('register')) await leaves(shop);
      },
    });
    isDead = true;
    expect((await take(shop, {})).batchItemFailures).toHaveLength(1);
    expect(shop.registered()).toEqual(['10.0.0.9:32768']);
    isDead = false;
    expect((await take(shop, {})).batchItemFailures).toEqual([]);
    expect(shop.registered()).toEqual([]);
  });
});

describe('what is left alone', () => {
  it.each([
    ['of a service', aTask(), { group: 'service:web' }],
    ['without the tag', aTask({ tags: {} }), {}],
    ['that starts', aTask(), { lastStatus: 'PENDING' }],
    ['of another cluster', aTask(), { clusterArn: 'arn:aws:ecs:us-east-1:1:cluster/other' }],
    ['that stops by now', aTask({ desiredStatus: 'STOPPED' }), {}],
  ])('is a task %s', async (_, task, detail) => {
    const shop = aShop({ tasks: [task] });
    expect((await take(shop, detail)).counts).toMatchObject({ registered: 0, ignored: 1 });
    expect([shop.calls, shop.letters]).toEqual([[], []]);
  });

  it.each([
    [
      'several ports and no word on which',
      aTask({ ports: [aPort, { ...aPort, containerPort: 81, port: 81 }] }),
      'stormdrain.port',
    ],
    [
      'no such group',
      aTask({ tags: { 'stormdrain.balancer': 'haproxy:nowhere' } }),
      'no such balancer group',
    ],
    [
      'a port that it does not listen on',
      aTask({ tags: { 'stormdrain.balancer': 'haproxy:web', 'stormdrain.port': '81' } }),
      'listens on 80',
    ],
    ['no port', aTask({ ports: [] }), 'no tcp port'],
    [
      'an address of its own, behind a group of instances',
      aTask({ tags: { 'stormdrain.balancer': 'arn:web' } }),
      'type ip',
    ],
  ])('is a task with %s, and it is kept as a dead letter', async (_, task, reason) => {
    const shop = aShop({ tasks: [task] });
    expect((await take(shop, {})).counts.unreadable).toBe(1);
    expect(shop.letters).toEqual([expect.stringContaining(reason)]);
  });

  it.each(['', '{}', '[]', '{"source":"aws.ecs"}', 'null'])('is "%s", as a dead letter', async (body) => {
    const shop = aShop();
    const answer = await registerTargets(shop.ports, { Records: [{ messageId: 'm1', body }] });
    expect(answer.batchItemFailures).toEqual([]);
    expect(shop.letters).toHaveLength(1);
  });

  it('is no message that nobody could keep', async () => {
    const { ports } = aShop();
    const letters = { keep: () => Promise.reject(new Error('down')) };
    const answer = await registerTargets({ ...ports, letters }, { Records: [{ messageId: 'm1', body: '' }] });
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
  });
});
