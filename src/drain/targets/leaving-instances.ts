import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson } from '../../store/stored-json.ts';
import { isTakenBack } from '../leaving/is-taken-back.ts';
import { leavingDocument, leavingKey } from '../leaving/leaving-document.ts';

/** EC2's ids of the instances that are being drained: nothing is registered on them any more. */
export const readLeavingInstances = async (
  store: ObjectStore,
  cluster: string,
): Promise<ReadonlySet<string>> => {
  const entries = Object.values(
    (await readJson(store, leavingKey(cluster), leavingDocument))?.value.instances ?? {},
  );
  return new Set(
    entries
      .filter((entry) => entry.endedAtMillis === undefined && !isTakenBack(entry))
      .map(({ instanceId }) => instanceId),
  );
};
