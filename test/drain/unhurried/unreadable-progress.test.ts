import { afterEach, expect, it, vi } from 'vitest';
import { progressKey } from '../../../src/drain/coordinator/drain-progress.ts';
import { beginDrain } from '../../../src/drain/unhurried/begin-drain.ts';
import { drainInstance } from '../../../src/drain/unhurried/drain-instance.ts';
import { unhurriedKey } from '../../../src/drain/unhurried/unhurried-progress.ts';
import { anUnhurriedDrain } from './support/an-unhurried-drain.ts';

const ofAnotherVersion = new TextEncoder().encode('{"version":2}');
const log = vi.spyOn(console, 'error').mockReturnValue();
afterEach(() => log.mockClear());

it('a drain without hurry whose progress cannot be read goes on from what the cluster tells', async () => {
  const world = anUnhurriedDrain(undefined, { drainInstance: async () => undefined });
  await world.news({ cause: 'operator', detail: 'ada' });
  const { drainId = '' } = (await world.entry()) ?? {};
  const input = { cluster: world.cluster, drainId };
  await world.play(() => beginDrain(world.ports, input));
  await world.play(() => world.store.put(unhurriedKey(world.cluster, drainId), ofAnotherVersion));
  for (const task of world.tasks.batch) world.at(60_000, () => world.platform.world.life.end(task, 'itself'));
  await world.play(() => drainInstance(world.ports, input));
  expect(await world.records()).toMatchObject([{ outcome: 'empty', missed: [] }]);
  expect(log.mock.calls.join()).toContain(drainId);
});

it('hurried drains go on whatever stands in the progress of their cluster', async () => {
  const world = anUnhurriedDrain();
  await world.play(() => world.store.put(progressKey(world.cluster), ofAnotherVersion));
  await world.news({ cause: 'operator', detail: 'ada', deadlineMillis: world.startMillis + 200_000 });
  await world.play(() => world.finished());
  expect(await world.records()).toMatchObject([{ outcome: 'empty', missed: [] }]);
  expect(log.mock.calls.join()).toContain(progressKey(world.cluster));
});
