import { expect, it } from 'vitest';
import { cancelDrain } from '../../../src/drain/operator/cancel-drain.ts';
import { beginDrain } from '../../../src/drain/unhurried/begin-drain.ts';
import { drainInstance } from '../../../src/drain/unhurried/drain-instance.ts';
import { finishDrain } from '../../../src/drain/unhurried/finish-drain.ts';
import { lookAtDrain } from '../../../src/drain/unhurried/look-at-drain.ts';
import type { UnhurriedInput, UnhurriedPorts } from '../../../src/drain/unhurried/unhurried-ports.ts';
import { aCluster, anUnhurriedDrain, type UnhurriedWorld } from './support/an-unhurried-drain.ts';

/** A drain that an operator asked for, which has begun, and whose looks are the test's. */
const aBegunDrain = async (cluster = aCluster()): Promise<readonly [UnhurriedWorld, UnhurriedInput]> => {
  const world = anUnhurriedDrain(cluster, { drainInstance: async () => undefined });
  await world.news({ cause: 'operator', detail: 'ada' });
  const { drainId = '' } = (await world.entry()) ?? {};
  const input = { cluster: world.cluster, drainId };
  await world.play(() => beginDrain(world.ports, input));
  return [world, input];
};

const servedAgain = async (world: UnhurriedWorld): Promise<void> => {
  const health = await world.play(() => world.platform.balancer.health('jobs'));
  const here = health.filter(({ id }) => id === world.instanceId);
  expect(here.map(({ state }) => state)).toEqual([expect.stringMatching(/initial|healthy/)]);
  expect(world.platform.instances()[0]?.status).toBe('ACTIVE');
  expect((await world.records()).map(({ outcome }) => outcome)).toEqual(['taken-back']);
};

it('registers what a look deregistered that died before it could write it down', async () => {
  const [world, input] = await aBegunDrain();
  const { ports } = world;
  const store = {
    get: ports.store.get.bind(ports.store),
    list: ports.store.list.bind(ports.store),
    delete: ports.store.delete.bind(ports.store),
    put: async () => {
      throw new Error('died');
    },
  };
  await expect(world.play(() => lookAtDrain({ ...ports, store }, input))).rejects.toThrow('died');
  expect(world.platform.calls().get('deregister')?.made).toBe(1);
  await world.play(() => cancelDrain(ports, input.drainId, 'ada'));
  await world.play(() => drainInstance(ports, input));
  await servedAgain(world);
});

it('registers what a look deregisters while the drain is taken back and ended beside it', async () => {
  const [world, input] = await aBegunDrain();
  const { ports } = world;
  const { balancer } = ports;
  const slow: UnhurriedPorts['balancer'] = {
    describeGroups: balancer.describeGroups.bind(balancer),
    register: balancer.register.bind(balancer),
    health: balancer.health.bind(balancer),
    deregister: async (group, targets) => {
      await cancelDrain(ports, input.drainId, 'ada');
      await drainInstance(ports, input);
      await balancer.deregister(group, targets);
    },
  };
  await expect(world.play(() => lookAtDrain({ ...ports, balancer: slow }, input))).rejects.toMatchObject({
    name: 'StoreConflict',
  });
  await servedAgain(world);
});

it('is taken back though a look has found it empty already, when it has not ended', async () => {
  const [world, input] = await aBegunDrain(aCluster({ batchTasks: [] }));
  const { ports } = world;
  await world.play(async () => {
    for (let look = await lookAtDrain(ports, input); !look.isOver; look = await lookAtDrain(ports, input))
      await world.time.sleep(look.waitSeconds * 1000);
    await cancelDrain(ports, input.drainId, 'ada');
    await finishDrain(ports, input);
    await drainInstance(ports, input);
  });
  expect(world.platform.instances()[0]?.status).toBe('ACTIVE');
  expect((await world.records()).map(({ outcome }) => outcome)).toEqual(['taken-back']);
});
