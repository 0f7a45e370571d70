import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registerTargets } from '../../../src/drain/targets/register-targets.ts';
import { type StopTaskStep, stopTask, stopTaskStep } from '../../../src/drain/targets/stop-task.ts';
import type { TargetPorts } from '../../../src/drain/targets/target-ports.ts';
import { MortalProcess } from '../../../src/platform/local/simulation/mortal-process.ts';
import { aBridgePort, aMessage, aShop, aTask, taskArn, unavailableAt } from './support/a-shop.ts';

const request = { cluster: 'shop', taskArn, reason: 'test', settleSeconds: 5, budgetSeconds: 60 };
const register = 'register haproxy:web 10.0.0.5:80';
const deregister = 'deregister haproxy:web 10.0.0.5:80';
const stop = `stop ${taskArn}`;

const registered = async (options: Parameters<typeof aShop>[0] = {}) => {
  const shop = aShop(options);
  await registerTargets(shop.ports, { Records: [aMessage({})] });
  return shop;
};

/** A process that dies at the call after so many more. */
const mortal = (ports: TargetPorts, calls: number, isLastCallMade: boolean) => {
  const life = new MortalProcess();
  life.dieAfter(calls, isLastCallMade);
  const own: TargetPorts = {
    ...ports,
    store: life.using(ports.store),
    cluster: life.using(ports.cluster),
    balancer: life.using(ports.balancer),
  };
  return { own, life };
};

describe('stop-task', () => {
  it('deregisters, verifies, settles, and only then stops', async () => {
    const { ports, calls } = await registered();
    const began = ports.time.nowMillis();
    const stages: string[] = [];
    await stopTask(ports, request, ({ stage }) => stages.push(stage));
    expect([...new Set(stages)]).toEqual(['settling', 'stopped']);
    expect([...new Set(calls)]).toEqual([register, deregister, stop]);
    expect(ports.time.nowMillis() - began).toBeGreaterThanOrEqual(5_000);
  });

  it('waits for what is in flight', async () => {
    const shop = await registered();
    shop.setInFlight(2);
    const steps: StopTaskStep[] = [];
    await stopTask(shop.ports, request, (step) => {
      steps.push(step);
      if (shop.ports.time.nowMillis() > 20_000) shop.setInFlight(0);
    });
    expect(shop.ports.time.nowMillis()).toBeGreaterThan(20_000);
    expect(steps).toContainEqual({ stage: 'in-flight', inFlight: 2, waitMillis: 500 });
  });

  it('waits for requests that never end until its budget is over', async () => {
    const shop = await registered();
    shop.setInFlight(1);
    const began = shop.ports.time.nowMillis();
    expect(await stopTask(shop.ports, request)).toMatchObject({ stage: 'stopped', inFlight: 1 });
    expect(shop.ports.time.nowMillis() - began).toBeGreaterThanOrEqual(60_000);
  });

  it('stops a task behind no balancer at once', async () => {
    const { ports, calls } = aShop({ tasks: [aTask({ tags: {} })] });
    await stopTask(ports, request);
    expect([calls, ports.time.nowMillis()]).toEqual([[stop], 1_000]);
  });

  it('deregisters a task in bridge mode by the address that it was registered with', async () => {
    const bridge = aTask({ containerInstanceArn: 'ci/1', ports: [aBridgePort] });
    const { ports, calls } = await registered({ tasks: [bridge] });
    await stopTask(ports, request);
    expect([...new Set(calls)].slice(1)).toEqual(['deregister haproxy:web 10.0.0.9:32768', stop]);
  });

  it('lets no event bring the task back while it is being stopped', async () => {
    const shop = await registered();
    await stopTaskStep(shop.ports, request);
    shop.setTask(aTask({ version: 4 }));
    await registerTargets(shop.ports, { Records: [aMessage({ version: 4 })] });
    expect(shop.calls.filter((call) => call === register)).toHaveLength(1);
  });

  it('does not stop a task whose balancer is away before its budget is over', async () => {
    const shop = await registered({ before: unavailableAt('deregister') });
    const began = shop.ports.time.nowMillis();
    await stopTask(shop.ports, request);
    expect(shop.calls).toEqual([register, stop]);
    expect(shop.ports.time.nowMillis() - began).toBeGreaterThanOrEqual(60_000);
  });

  it('is done with a task that has stopped already', async () => {
    const shop = aShop({ tasks: [aTask({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' })] });
    expect(await stopTask(shop.ports, request)).toMatchObject({ stage: 'stopped' });
    expect(shop.calls).toEqual([]);
  });

  it('says that there is no such task', async () => {
    const shop = aShop({ tasks: [] });
    await expect(stopTask(shop.ports, request)).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining(taskArn),
    });
  });

  it('writes nothing down while it only waits', async () => {
    const shop = await registered();
    shop.setInFlight(1);
    let puts = 0;
    const store = new Proxy(shop.ports.store, {
      get: (target, name) => {
        if (name === 'put') puts++;
        const method: unknown = Reflect.get(target, name);
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    await stopTask({ ...shop.ports, store }, request);
    expect(puts).toBeLessThanOrEqual(3);
  });

  it('comes to the same end when it dies at any call, and another takes over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ calls: fc.nat(12), isLastCallMade: fc.boolean() }), { maxLength: 4 }),
        async (deaths) => {
          const shop = await registered();
          for (const { calls, isLastCallMade } of deaths) {
            const { own, life } = mortal(shop.ports, calls, isLastCallMade);
            await Promise.race([stopTask(own, request), life.died]).catch((error: unknown) => {
              if (!life.isDead) throw error;
            });
          }
          const began = shop.ports.time.nowMillis();
          await stopTask(shop.ports, request);
          expect(shop.registered()).toEqual([]);
          expect(shop.calls.indexOf(deregister)).toBeGreaterThan(-1);
          expect(shop.calls.indexOf(stop)).toBeGreaterThan(shop.calls.indexOf(deregister));
          expect(shop.ports.time.nowMillis() - began).toBeLessThan(60_000);
        },
      ),
    );
  });

  it('does no harm when two stop the same task at once', async () => {
    const { ports, calls } = await registered();
    const ends = await Promise.all([stopTask(ports, request), stopTask(ports, request)]);
    expect(ends.map(({ stage }) => stage)).toEqual(['stopped', 'stopped']);
    expect([...new Set(calls)]).toEqual([register, deregister, stop]);
  });

  it('verifies anew when it was interrupted for longer than its budget before anything was verified', async () => {
    let trouble = unavailableAt('deregister');
    let isSlow = true;
    const shop = await registered({ before: (call) => trouble(call) });
    await stopTaskStep(shop.ports, request);
    shop.pass(600_000);
    trouble = () => {};
    const { health } = shop.ports.balancer;
    const slow: TargetPorts['balancer'] = {
      ...shop.ports.balancer,
      health: async (group) =>
        (await health(group)).map((target) => (isSlow ? { ...target, state: 'healthy' as const } : target)),
    };
    const ports = { ...shop.ports, balancer: slow };
    expect((await stopTaskStep(ports, request)).stage).toBe('deregistering');
    isSlow = false;
    expect((await stopTask(ports, request)).stage).toBe('stopped');
    expect(shop.calls.slice(-2)).toEqual([deregister, stop]);
  });
});
