import * as z from 'zod';
import type { Plan } from '../plan/plan.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { runKeys } from '../run/run-keys.ts';
import { updateJson } from '../store/stored-json.ts';

const rowLedger = z.object({ version: z.literal(1), next: z.number().int().nonnegative() });

/** Few enough claims not to compete, small enough blocks not to leave many rows unused when a worker goes. */
const blockSizeOf = (rowCount: number, claimers: number): number =>
  Math.max(1, Math.min(1000, Math.floor(rowCount / (claimers * 8))));

/**
 * Closed model, `use: once`: an iteration has no number known in advance, so rows are reserved in blocks, by
 * compare-and-set on one counter per scenario. No row is given out twice, over all workers and replacements; a lost
 * worker's reserved rows stay unused.
 */
export const rowClaims =
  (store: ObjectStore, runId: string, plan: Plan, lanesOfWorker = 1) =>
  async (scenario: string): Promise<{ readonly from: number; readonly count: number } | undefined> => {
    const index = plan.scenarios.findIndex((candidate) => candidate.name === scenario);
    const rowCount = plan.scenarios[index]?.data?.rowCount ?? 0;
    const block = blockSizeOf(rowCount, plan.workers.count * lanesOfWorker);
    let claimed: { from: number; count: number } | undefined;
    await updateJson(store, runKeys(runId).rows(index), rowLedger, (ledger) => {
      const from = ledger?.next ?? 0;
      claimed = from < rowCount ? { from, count: Math.min(block, rowCount - from) } : undefined;
      return claimed === undefined ? undefined : { version: 1 as const, next: from + claimed.count };
    });
    return claimed;
  };
