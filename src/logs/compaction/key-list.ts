import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { DocumentInvalidError, StoreConflictError } from '../../errors.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { keysKey } from '../catalog/table-state.ts';

const listedKey = z.object({ key: z.string() });

/** Writes which raw objects a generation is made of. Written once: a number that was used before is a `StoreConflict`. */
export const writeKeyList = async (
  store: ObjectStore,
  table: string,
  generation: number,
  keys: readonly string[],
): Promise<void> => {
  const lines = keys.map((key) => `${JSON.stringify({ key })}\n`).join('');
  const put = await store.put(keysKey(table, generation), gzipSync(lines), { ifAbsent: true });
  if (put.kind === 'conflict')
    throw new StoreConflictError(
      `${keysKey(table, generation)} is there already; the next generation is tried instead`,
    );
};

/** Undefined when there is no such list. Throws `DocumentInvalid` for one that can't be read. */
export const readKeyList = async (
  store: ObjectStore,
  table: string,
  generation: number,
): Promise<readonly string[] | undefined> => {
  const key = keysKey(table, generation);
  const got = await store.get(key);
  if (got.kind !== 'found') return undefined;
  try {
    const lines = gunzipSync(got.body).toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => z.parse(listedKey, JSON.parse(line)).key);
  } catch (cause) {
    throw new DocumentInvalidError(`${key} is no list of keys: ${String(cause)}`, { cause });
  }
};
