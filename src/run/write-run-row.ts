import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { runRowKey, runRowOf } from './run-row.ts';
import type { RunSummary } from './summary.ts';

const zip = promisify(gzip);

/** Writes the run's row of the table `runs`; done again, the same bytes. */
export const writeRunRow = async (store: ObjectStore, summary: RunSummary): Promise<void> => {
  await store.put(runRowKey(summary), await zip(`${JSON.stringify(runRowOf(summary))}\n`));
};
