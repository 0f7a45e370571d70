import { DocumentInvalidError } from '../../errors.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson, type Stored } from '../../store/stored-json.ts';
import { memoryKey, type ScalingMemory, scalingMemory } from '../scaling-memory.ts';

/** Undefined before the first tick. Throws `DocumentInvalid` with advice, and what the store throws. */
export const readMemory = async (
  store: ObjectStore,
  cluster: string,
): Promise<Stored<ScalingMemory> | undefined> => {
  try {
    return await readJson(store, memoryKey(cluster), scalingMemory);
  } catch (cause) {
    if (!(cause instanceof DocumentInvalidError)) throw cause;
    throw new DocumentInvalidError(
      `${cause.message}; delete the object, and the next tick begins anew, with no cooldown behind it`,
      { cause },
    );
  }
};
