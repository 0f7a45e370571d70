import { type DrainRecord, drainRecord, recordsPrefix } from '../../../src/drain/records/drain-record.ts';
import {
  type SimulatedDrains,
  type SimulatedDrainsSetup,
  simulateDrains,
} from '../../../src/platform/local/simulated-drains.ts';
import type { SimulatedInstance } from '../../../src/platform/local/simulation/simulated-instance.ts';
import type { SimulatedTask } from '../../../src/platform/local/simulation/simulated-task.ts';
import type { SimulationSetup } from '../../../src/platform/local/simulation/simulation-setup.ts';
import { readJson } from '../../../src/store/stored-json.ts';

/** Three instances; a service with two tasks on each behind one group. */
export const someDrains = (
  overrides: Partial<SimulationSetup> = {},
  setup: Omit<SimulatedDrainsSetup, 'simulation'> = {},
): SimulatedDrains =>
  simulateDrains({
    ...setup,
    simulation: {
      seed: 7,
      instances: 3,
      groups: [{ name: 'web', requestsPerSecond: 60, deregistrationDelaySeconds: 20 }],
      services: [{ name: 'web', desiredCount: 6, groups: ['web'] }],
      ...overrides,
    },
  });

export const instanceOf = (drains: SimulatedDrains, index = 0): SimulatedInstance => {
  const instance = drains.platform.instances()[index];
  if (instance === undefined) throw new RangeError(`there is no instance ${index}`);
  return instance;
};

export const tasksOf = (drains: SimulatedDrains, index = 0): readonly SimulatedTask[] =>
  instanceOf(drains, index).tasks;

/** All records, newest first. Within `play`. */
export const recordsOf = async ({ store }: SimulatedDrains): Promise<readonly DrainRecord[]> => {
  const records: DrainRecord[] = [];
  for await (const key of store.list(recordsPrefix)) {
    const stored = await readJson(store, key, drainRecord);
    if (stored !== undefined) records.push(stored.value);
  }
  return records;
};

/** A spot warning for the first instance, to the end; the record of its drain. */
export const drainOne = (drains: SimulatedDrains): Promise<DrainRecord> =>
  drains.play(async () => {
    await drains.storm(1);
    const [record] = await recordsOf(drains);
    if (record === undefined) throw new Error('the drain left no record');
    return record;
  });
