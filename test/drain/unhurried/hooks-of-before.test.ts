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

it('keeps two hooks waiting, each as long as it waits itself, though they share a token', async () => {
  const world = anUnhurriedDrain(undefined, { drainInstance: async () => undefined });
  const heard: string[] = [];
  const capacity: typeof world.ports.capacity = {
    completeLifecycleAction: async () => 'completed',
    recordHeartbeat: async ({ lifecycleHookName }) => {
      heard.push(lifecycleHookName);
      return lifecycleHookName === 'metrics' ? 'gone' : 'recorded';
    },
    heartbeatSeconds: async ({ lifecycleHookName }) => (lifecycleHookName === 'metrics' ? 300 : 60),
  };
  for (const lifecycleHookName of ['metrics', 'drain'])
    await world.news({
      cause: 'lifecycle',
      lifecycle: {
        autoScalingGroupName: 'workers',
        lifecycleHookName,
        lifecycleActionToken: 'shared',
        instanceId: world.instanceId,
      },
    });
  const { drainId = '' } = (await world.entry()) ?? {};
  const input = { cluster: world.cluster, drainId };
  const ports = { ...world.ports, capacity };
  await world.play(() => beginDrain(ports, input));
  const { waitSeconds } = await world.play(() => lookAtDrain(ports, input));
  expect(heard.filter((name) => name === 'drain')).toHaveLength(2);
  expect(waitSeconds).toBeLessThanOrEqual(20);
  expect((await world.entry())?.pace).toBe('unhurried');
});
