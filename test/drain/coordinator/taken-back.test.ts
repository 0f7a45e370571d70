import { describe, expect, it } from 'vitest';
import { leavingDocument, leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { cancelDrain } from '../../../src/drain/operator/cancel-drain.ts';
import { requestDrain } from '../../../src/drain/operator/request-drain.ts';
import { drainRecord, recordsPrefix } from '../../../src/drain/records/drain-record.ts';
import { readDrain } from '../../../src/drain/records/read-drain.ts';
import { type SimulatedDrains, simulateDrains } from '../../../src/platform/local/simulated-drains.ts';
import { aStorm } from '../../../src/platform/local/simulation/a-storm.ts';
import { readJson } from '../../../src/store/stored-json.ts';

const aWorld = () => {
  const drains = simulateDrains({
    simulation: aStorm({ seed: 5, instances: 3, tasksPerInstance: 4, groups: 2 }),
  });
  const { instanceId = '' } = drains.platform.instances()[0] ?? {};
  const ask = (requestedBy = 'ada') =>
    requestDrain(drains.ports, { instanceId, deadlineSeconds: 240, requestedBy });
  return { ...drains, instanceId, ask };
};

const recordsOf = async ({ store }: Pick<SimulatedDrains, 'store'>) => {
  const records = [];
  for await (const key of store.list(recordsPrefix))
    records.push((await readJson(store, key, drainRecord))?.value);
  return records;
};

describe('a hurried drain that is taken back', () => {
  it('says who took it back, while it goes on and when it has ended', async () => {
    const world = aWorld();
    await world.play(async () => {
      const { drainId } = await world.ask();
      await world.time.sleep(6_000);
      await cancelDrain(world.ports, drainId, 'bob');
      expect(await readDrain(world.ports, drainId)).toMatchObject({ takenBack: { by: 'bob' } });
      await world.finished();
    });
    const records = await world.play(() => recordsOf(world));
    expect(records).toMatchObject([{ outcome: 'taken-back', takenBack: { by: 'bob' } }]);
  });

  it.each([0, 100, 700, 3_000])(
    'has its record though the instance is asked for again %d ms later, and so has the other',
    async (millis) => {
      const world = aWorld();
      await world.play(async () => {
        const { drainId } = await world.ask();
        await world.time.sleep(6_000);
        await cancelDrain(world.ports, drainId, 'bob');
        await world.time.sleep(millis + 1);
        expect((await world.ask()).drainId).not.toBe(drainId);
        await world.finished();
      });
      const records = await world.play(() => recordsOf(world));
      expect(records).toMatchObject([
        { outcome: 'empty' },
        { outcome: 'taken-back', takenBack: { by: 'bob' } },
      ]);
      expect(records[0]).not.toHaveProperty('takenBack');
      expect(world.told.filter(({ type }) => type === 'drain.ended')).toHaveLength(2);
      const document = await world.play(() =>
        readJson(world.store, leavingKey(world.platform.clusterName), leavingDocument),
      );
      expect(document?.value.instances[world.instanceId]?.endedAtMillis).toBeGreaterThan(0);
    },
  );
});
