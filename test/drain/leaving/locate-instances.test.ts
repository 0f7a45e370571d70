import { expect, it } from 'vitest';
import { locateInstances } from '../../../src/drain/leaving/locate-instances.ts';
import { simulateDrains } from '../../../src/platform/local/simulated-drains.ts';
import { aStorm } from '../../../src/platform/local/simulation/a-storm.ts';

const locate = async (count: number) => {
  const drains = simulateDrains({
    simulation: aStorm({ seed: 1, instances: 3, tasksPerInstance: 2, groups: 1 }),
  });
  const { ports, platform } = drains;
  const sought = platform.instances().slice(0, count);
  const ids = [...sought.map(({ instanceId }) => instanceId), 'i-0123456789abcdef0'].slice(-count);
  const located = await drains.play(() => locateInstances(ports, ports.clusters, ids));
  const arns = Object.fromEntries([...located.places].map(([id, place]) => [id, place.containerInstanceArn]));
  const described = platform.calls().get('describeInstances')?.made ?? 0;
  return { sought, arns, described };
};

it('takes an instance that is alone from the list', async () => {
  const drains = simulateDrains({
    simulation: aStorm({ seed: 1, instances: 3, tasksPerInstance: 2, groups: 1 }),
  });
  const { ports, platform } = drains;
  const [first] = platform.instances();
  const id = first?.instanceId ?? '';
  const { places } = await drains.play(() => locateInstances(ports, ports.clusters, [id]));
  expect(places.get(id)).toEqual({
    cluster: platform.clusterName,
    containerInstanceArn: first?.containerInstanceArn,
  });
  expect(platform.calls().get('describeInstances')).toBeUndefined();
});

it('asks which of several is which, and leaves out what is nowhere', async () => {
  const { sought, arns, described } = await locate(3);
  const [, second, third] = sought;
  expect(arns).toEqual({
    [second?.instanceId ?? '']: second?.containerInstanceArn,
    [third?.instanceId ?? '']: third?.containerInstanceArn,
  });
  expect(described).toBe(1);
  expect((await locate(1)).arns).toEqual({});
});
