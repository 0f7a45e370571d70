import { gzipSync } from 'node:zlib';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import type { DecisionRow } from './decision-row.ts';

/** The rows of one tick, in place of what was written of it before. Throws what the store throws. */
export const writeDecisions = async (
  store: ObjectStore,
  key: string,
  rows: readonly DecisionRow[],
): Promise<void> => {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await store.put(key, gzipSync(lines));
};
