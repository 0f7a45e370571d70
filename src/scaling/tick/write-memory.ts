import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { memoryKey, type ScalingMemory } from '../scaling-memory.ts';

/**
 * In place of the version with that etag, or of none; gives the new etag, undefined when somebody was faster. Without
 * line breaks: of 1,000 services they would be half of it.
 */
export const writeMemory = async (
  store: ObjectStore,
  memory: ScalingMemory,
  etag: string | undefined,
): Promise<string | undefined> => {
  const body = new TextEncoder().encode(JSON.stringify(memory));
  const condition = etag === undefined ? { ifAbsent: true as const } : { ifMatch: etag };
  const put = await store.put(memoryKey(memory.cluster), body, condition);
  return put.kind === 'written' ? put.etag : undefined;
};
