import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { readJson } from '../../store/stored-json.ts';
import type { CapacityRequest } from '../cluster-snapshot.ts';
import { demandDocument, demandKey } from '../demands/demand-document.ts';
import type { ScalingPolicy } from '../policy/scaling-policy.ts';
import type { ScalingPorts } from '../scaling-ports.ts';

export interface DemandsRead {
  readonly requests: readonly CapacityRequest[];
  /** By service. */
  readonly placementFailures: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
}

/** What was heard of tasks that found no room, and hasn't expired. */
export const readDemands = async (
  { store }: ScalingPorts,
  cluster: string,
  { capacity }: ScalingPolicy,
  nowMillis: number,
): Promise<DemandsRead> => {
  const none = { requests: [], placementFailures: new Map<string, number>(), failures: [] };
  if (capacity === null) return none;
  const isFresh = (atMillis: number): boolean => nowMillis - atMillis < capacity.requestSeconds * 1000;
  try {
    const stored = await readJson(store, demandKey(cluster), demandDocument);
    if (stored === undefined) return none;
    const { requests, placementFailures } = stored.value;
    return {
      requests: requests.filter(({ heardAtMillis }) => isFresh(heardAtMillis)),
      placementFailures: new Map(Object.entries(placementFailures).filter(([, at]) => isFresh(at))),
      failures: [],
    };
  } catch (error) {
    logFailure({ cluster, error });
    return { ...none, failures: [`requests could not be read: ${reasonOf(error)}`] };
  }
};
