import { expect, it } from 'vitest';
import { drainInstance } from '../../../src/drain/unhurried/drain-instance.ts';
import {
  aCluster,
  anUnhurriedDrain,
  hours,
  minutes,
  type UnhurriedWorld,
} from './support/an-unhurried-drain.ts';

/** As the schedule has it, each minute. */
const sweeping = async (world: UnhurriedWorld, count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute++) {
    await world.pass(minutes(1));
    await world.play(() => world.sweep());
  }
};

/** With tasks that never end by themselves, and ECS replaces none of them. */
const stuck = aCluster({
  instances: 1,
  services: [
    {
      name: 'web',
      desiredCount: 2,
      groups: ['web'],
      onInstances: [0],
      minimumHealthyPercent: 100,
      maximumPercent: 100,
    },
  ],
});

it('is handed over in time when a deadline is set while its next look is an hour away', async () => {
  const world = anUnhurriedDrain(stuck, { drainInstance });
  await world.news({ cause: 'operator', detail: 'ada' });
  await world.pass(hours(30));
  const deadlineMillis = world.time.nowMillis() + minutes(10);
  await world.news({ cause: 'operator', detail: 'ada', deadlineMillis });
  await sweeping(world, 11);
  expect((await world.entry())?.pace).toBe('hurried');
  await world.play(() => world.finished());
  expect(await world.records()).toMatchObject([{ outcome: 'empty', missed: [] }]);
});

it('is handed over in time when whoever looked at it is no more', async () => {
  const world = anUnhurriedDrain(stuck, { drainInstance: async () => undefined });
  await world.news({
    cause: 'operator',
    detail: 'ada',
    deadlineMillis: world.time.nowMillis() + minutes(20),
  });
  await sweeping(world, 14);
  expect((await world.entry())?.pace).toBe('unhurried');
  await sweeping(world, 6);
  await world.play(() => world.finished());
  expect(await world.records()).toMatchObject([{ outcome: 'empty', missed: [] }]);
});

it('is not handed over when it was taken back', async () => {
  const world = anUnhurriedDrain(stuck, { drainInstance: async () => undefined });
  await world.news({
    cause: 'operator',
    detail: 'ada',
    deadlineMillis: world.time.nowMillis() + minutes(20),
  });
  await world.change((entry) => ({ ...entry, cancelledAtMillis: world.time.nowMillis() }));
  await sweeping(world, 18);
  expect((await world.entry())?.pace).toBe('unhurried');
});
