import { expect, it } from 'vitest';
import { beginDrain } from '../../../src/drain/unhurried/begin-drain.ts';
import { lookAtDrain } from '../../../src/drain/unhurried/look-at-drain.ts';
import { anUnhurriedDrain } from './support/an-unhurried-drain.ts';

it.each([
  ['an earlier drain of the instance', 'unhurried', 1_000],
  ['nobody here', 'hurried', -1_000],
])('a hook that was let go by %s makes a drain %s', async (_, pace, endedAfterMillis) => {
  const world = anUnhurriedDrain(undefined, { drainInstance: async () => undefined });
  const lifecycle = {
    autoScalingGroupName: 'workers',
    lifecycleHookName: 'drain',
    lifecycleActionToken: 'let-go',
    instanceId: world.instanceId,
  };
  await world.news({ cause: 'lifecycle', lifecycle });
  const previous = { how: 'ended' as const, atMillis: world.startMillis + endedAfterMillis };
  await world.change((entry) => ({ ...entry, previous }));
  const { drainId = '' } = (await world.entry()) ?? {};
  const input = { cluster: world.cluster, drainId };
  await world.play(() => beginDrain(world.ports, input));
  await world.play(() => lookAtDrain(world.ports, input));
  expect((await world.entry())?.pace).toBe(pace);
  await world.play(() => world.finished());
});
