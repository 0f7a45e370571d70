import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { DocumentInvalidError, StoreConflictError } from '../errors.ts';
import type { ObjectStore, PutCondition, PutResult } from '../platform/ports/object-store.ts';
import type { PacedTime } from '../platform/ports/paced-time.ts';

/** A document and the etag it was read with. */
export interface Stored<Value> {
  readonly value: Value;
  readonly etag: string;
}

const parse = <Value>(schema: z.core.$ZodType<Value>, body: Uint8Array, key: string): Value => {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new DocumentInvalidError(`${key} is not JSON: ${String(cause)}`, { cause });
  }
  const parsed = z.safeParse(schema, json);
  if (!parsed.success) {
    throw new DocumentInvalidError(`${key} can't be read by this version: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
};

/** Undefined when there is no such object. Throws `DocumentInvalid` naming the key. */
export const readJson = async <Value>(
  store: ObjectStore,
  key: string,
  schema: z.core.$ZodType<Value>,
): Promise<Stored<Value> | undefined> => {
  const got = await store.get(key);
  return got.kind === 'found' ? { value: parse(schema, got.body, key), etag: got.etag } : undefined;
};

/** `unchanged` when it still has that etag. */
export const readJsonIfChanged = async <Value>(
  store: ObjectStore,
  key: string,
  schema: z.core.$ZodType<Value>,
  etag: string | undefined,
): Promise<Stored<Value> | 'unchanged' | undefined> => {
  const got = await store.get(key, etag === undefined ? {} : { ifNoneMatch: etag });
  if (got.kind === 'unchanged') return 'unchanged';
  return got.kind === 'found' ? { value: parse(schema, got.body, key), etag: got.etag } : undefined;
};

export const writeJson = (
  store: ObjectStore,
  key: string,
  value: unknown,
  condition?: PutCondition,
): Promise<PutResult> => store.put(key, new TextEncoder().encode(JSON.stringify(value, null, 2)), condition);

const mostTries = 8;

/** In which a lost race is waited out. */
interface RaceTime {
  readonly time: Pick<PacedTime, 'sleep'>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

const realTime: RaceTime = { time: { sleep: (millis) => sleep(millis) }, random: () => Math.random() };

/**
 * Compare-and-set: reads, asks `change` for the new value, writes it if nobody was faster, else begins again after a moment.
 * `change` returning undefined leaves the document alone. Throws `StoreConflict` after eight lost races.
 */
export const updateJson = async <Value>(
  store: ObjectStore,
  key: string,
  schema: z.core.$ZodType<Value>,
  change: (value: Value | undefined) => Value | undefined,
  { time, random }: RaceTime = realTime,
): Promise<Value | undefined> => {
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const stored = await readJson(store, key, schema);
    const changed = change(stored?.value);
    if (changed === undefined) return stored?.value;
    const put = await writeJson(
      store,
      key,
      changed,
      stored === undefined ? { ifAbsent: true } : { ifMatch: stored.etag },
    );
    if (put.kind === 'written') return changed;
    await time.sleep(random() * 10 * 2 ** attempt);
  }
  throw new StoreConflictError(`${key} was changed by others ${mostTries} times in a row; try again`);
};
