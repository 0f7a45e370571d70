import type {
  GetResult,
  ObjectStore,
  PutCondition,
  PutResult,
} from '../../src/platform/ports/object-store.ts';
import { parseSegmentKey } from '../../src/run/run-keys.ts';

/** Where the segments come from that are not kept: the one of that worker and number, if it was shipped by now. */
export type SegmentSource = (shard: number, seq: number) => Uint8Array | undefined;

/** A store in memory that counts what S3 would charge for. Segments are served, not kept. */
export class CountingStore implements ObjectStore {
  readonly counts = { get: 0, put: 0, list: 0, bytesRead: 0, bytesWritten: 0 };
  readonly #objects = new Map<string, { readonly body: Uint8Array; readonly etag: string }>();
  readonly #segment: SegmentSource;

  constructor(segment: SegmentSource) {
    this.#segment = segment;
  }

  /** Objects that are kept, and their bytes. */
  get kept(): { readonly objects: number; readonly bytes: number } {
    let bytes = 0;
    for (const { body } of this.#objects.values()) bytes += body.length;
    return { objects: this.#objects.size, bytes };
  }

  async get(key: string): Promise<GetResult> {
    this.counts.get++;
    const name = parseSegmentKey(key);
    const body = name === undefined ? this.#objects.get(key)?.body : this.#segment(name.shard, name.seq);
    if (body === undefined) return { kind: 'missing' };
    this.counts.bytesRead += body.length;
    return { kind: 'found', body, etag: this.#objects.get(key)?.etag ?? '"segment"' };
  }

  async put(key: string, body: Uint8Array, condition?: PutCondition): Promise<PutResult> {
    const found = this.#objects.get(key);
    this.counts.put++;
    if (condition !== undefined) {
      if ('ifAbsent' in condition ? found !== undefined : found?.etag !== condition.ifMatch)
        return { kind: 'conflict' };
    }
    this.counts.bytesWritten += body.length;
    const etag = `"${this.counts.put}"`;
    this.#objects.set(key, { body, etag });
    return { kind: 'written', etag };
  }

  async *list(prefix: string, options: { readonly startAfter?: string } = {}): AsyncIterable<string> {
    const keys = [...this.#objects.keys()]
      .filter((key) => key.startsWith(prefix) && key > (options.startAfter ?? ''))
      .sort();
    // A page has 1,000 keys, an empty one counts too.
    this.counts.list += Math.max(1, Math.ceil(keys.length / 1000));
    yield* keys;
  }

  async delete(key: string): Promise<void> {
    this.#objects.delete(key);
  }
}
