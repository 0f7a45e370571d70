import { createHash } from 'node:crypto';
import { assertDeletable, assertObjectKey } from '../ports/object-key.ts';
import type { ListedObject, ObjectListing } from '../ports/object-listing.ts';
import type { GetResult, ObjectStore, PutCondition, PutResult } from '../ports/object-store.ts';
import type { PacedTime } from '../ports/paced-time.ts';

export interface MemoryStoreOptions {
  readonly time: Pick<PacedTime, 'sleep'>;
  /** Of one call, in milliseconds; half passes before it takes effect. None unless given. */
  readonly latencyMillis?: () => number;
}

interface Kept {
  readonly body: Uint8Array;
  readonly etag: string;
}

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** The object store of a simulation: gone with the process, as slow as the clock that is handed in says. */
export class MemoryStore implements ObjectStore, ObjectListing {
  readonly root = 'memory://store/';
  readonly #objects = new Map<string, Kept>();
  readonly #options: MemoryStoreOptions;
  #writes = 0;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
  }

  get(key: string, options: { readonly ifNoneMatch?: string } = {}): Promise<GetResult> {
    return this.#call(key, (): GetResult => {
      const kept = this.#objects.get(key);
      if (kept === undefined) return { kind: 'missing' };
      return kept.etag === options.ifNoneMatch
        ? { kind: 'unchanged' }
        : { kind: 'found', body: kept.body.slice(), etag: kept.etag };
    });
  }

  put(key: string, body: Uint8Array, condition?: PutCondition): Promise<PutResult> {
    const written = body.slice();
    return this.#call(key, (): PutResult => {
      const kept = this.#objects.get(key);
      if (condition !== undefined && 'ifAbsent' in condition && kept !== undefined)
        return { kind: 'conflict' };
      if (condition !== undefined && 'ifMatch' in condition && kept?.etag !== condition.ifMatch)
        return { kind: 'conflict' };
      const hash = createHash('md5').update(written).digest('hex');
      const etag = `"${hash}-${this.#writes++}"`;
      this.#objects.set(key, { body: written, etag });
      return { kind: 'written', etag };
    });
  }

  async *list(prefix: string, options: { readonly startAfter?: string } = {}): AsyncIterable<string> {
    const { startAfter } = options;
    const keys = await this.#act(() =>
      [...this.#objects.keys()]
        .filter((key) => key.startsWith(prefix) && (startAfter === undefined || byBytes(key, startAfter) > 0))
        .sort(byBytes),
    );
    yield* keys;
  }

  async delete(key: string): Promise<void> {
    await this.#call(key, () => this.#objects.delete(key));
  }

  async *folders(prefix: string): AsyncIterable<string> {
    const keys = await this.#act(() => [...this.#objects.keys()].filter((key) => key.startsWith(prefix)));
    const ends = keys.map((key) => key.indexOf('/', prefix.length) + 1);
    const folders = keys.map((key, n) => key.slice(0, ends[n])).filter((folder) => folder !== '');
    yield* [...new Set(folders)].sort(byBytes);
  }

  async *objects(prefix: string): AsyncIterable<ListedObject> {
    const found = await this.#act(() =>
      [...this.#objects].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => byBytes(a, b)),
    );
    yield* found.map(([key, { body }]) => ({ key, bytes: body.length }));
  }

  async deleteAll(keys: readonly string[]): Promise<readonly string[]> {
    assertDeletable(keys);
    for (const key of keys) assertObjectKey(key);
    return this.#act(() => {
      for (const key of keys) this.#objects.delete(key);
      return [];
    });
  }

  async #call<Value>(key: string, act: () => Value): Promise<Value> {
    assertObjectKey(key);
    return this.#act(act);
  }

  async #act<Value>(act: () => Value): Promise<Value> {
    const millis = this.#options.latencyMillis?.() ?? 0;
    if (millis > 0) await this.#options.time.sleep(millis / 2);
    const value = act();
    if (millis > 0) await this.#options.time.sleep(millis / 2);
    return value;
  }
}
