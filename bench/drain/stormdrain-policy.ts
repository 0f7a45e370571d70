import { drainRecord, recordsPrefix } from '../../src/drain/records/drain-record.ts';
import type { SimulatedDrains } from '../../src/platform/local/simulated-drains.ts';
import { readJson } from '../../src/store/stored-json.ts';
import type { DrainPolicy } from './drain-policy.ts';

/** From its own records. */
const settledAt = async ({ store }: SimulatedDrains): Promise<number | null> => {
  let last: number | null = null;
  for await (const key of store.list(recordsPrefix)) {
    const record = await readJson(store, key, drainRecord);
    const verified = record?.value.steps.verified ?? null;
    if (verified === null) return null;
    last = Math.max(last ?? 0, verified);
  }
  return last;
};

/** The product: the events as EventBridge delivers them, and its own coordinator. */
export const stormdrainPolicy: DrainPolicy = {
  name: 'stormdrain',
  async drain({ drains, warned }) {
    await drains.hear(warned.map(({ event }) => event));
    await drains.finished();
    return settledAt(drains);
  },
};
