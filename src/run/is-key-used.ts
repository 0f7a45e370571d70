import type { ObjectStore } from '../platform/ports/object-store.ts';
import { idempotencyKey } from './run-keys.ts';

/** Whether a run was submitted with this idempotency key: another request with it starts nothing new. */
export const isKeyUsed = async (store: ObjectStore, key: string): Promise<boolean> =>
  (await store.get(idempotencyKey(key))).kind === 'found';
