import type { Demand } from './demand.ts';
import type { DemandDocument } from './demand-document.ts';

/** More than a tick can do anything about; the oldest go. */
const mostRequests = 2_000;
const mostPlacementFailures = 2_000;
/** Policies let requests expire much earlier; until then their late duplicates are known. */
const keptMillis = 24 * 3_600_000;

export interface MergedDemands {
  /** The very document that was given when nothing is to be written. */
  readonly document: DemandDocument | undefined;
  /** Whether each demand, in their order, was not known. */
  readonly isNew: readonly boolean[];
}

/**
 * Demands of one cluster into what is known of them. Pure; how often a message comes makes no difference, nor does the
 * order of different ones that are heard of at one time. A request that is sent again counts from then on. A late placement
 * failure doesn't hide a newer one.
 */
export const mergeDemands = (
  document: DemandDocument | undefined,
  cluster: string,
  demands: readonly Demand[],
  nowMillis: number,
): MergedDemands => {
  const before = document ?? { version: 1 as const, cluster, requests: [], placementFailures: {} };
  const requests = new Map(before.requests.map((request) => [request.taskId, request]));
  const failures = new Map(Object.entries(before.placementFailures));
  const isNew = demands.map((demand): boolean => {
    if (demand.kind === 'placementFailure') {
      // A clock that is ahead must not outlast everything else.
      const atMillis = Math.min(demand.atMillis, nowMillis);
      const known = failures.get(demand.service);
      if (isOld(atMillis, nowMillis) || (known !== undefined && known >= atMillis)) return false;
      failures.set(demand.service, atMillis);
      return true;
    }
    const { group, taskId, cpu, memoryMib, sentAtMillis = 0 } = demand;
    // Delivered again, it was sent before it was first heard; sent again, it still finds no room.
    if (sentAtMillis <= (requests.get(taskId)?.heardAtMillis ?? Number.NEGATIVE_INFINITY)) return false;
    requests.set(taskId, { group, taskId, cpu, memoryMib, heardAtMillis: nowMillis });
    return true;
  });
  if (!isNew.includes(true)) return { document, isNew };
  const kept = [...requests.values()]
    .filter(({ heardAtMillis }) => !isOld(heardAtMillis, nowMillis))
    .sort((a, b) => a.heardAtMillis - b.heardAtMillis || (a.taskId < b.taskId ? -1 : 1))
    .slice(-mostRequests);
  const lately = [...failures]
    .filter(([, atMillis]) => !isOld(atMillis, nowMillis))
    .sort(([one, a], [other, b]) => a - b || (one < other ? -1 : 1))
    .slice(-mostPlacementFailures);
  return {
    document: { version: 1, cluster, requests: kept, placementFailures: Object.fromEntries(lately) },
    isNew,
  };
};

const isOld = (atMillis: number, nowMillis: number): boolean => nowMillis - atMillis > keptMillis;
