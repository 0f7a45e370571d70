/**
 * The object store port: everything a run is, by key. Keys are `/`-separated, no leading slash. Every method throws
 * `StoreUnavailable` when the store fails in a way that may pass (after its own bounded retries).
 */
export interface ObjectStore {
  /** With `ifNoneMatch`, `unchanged` when the object still has that etag. */
  get(key: string, options?: { readonly ifNoneMatch?: string }): Promise<GetResult>;
  /** A `conflict` means that nothing was written: the object exists (`ifAbsent`), is gone, or has another etag. */
  put(key: string, body: Uint8Array, condition?: PutCondition): Promise<PutResult>;
  /** Keys in ascending byte order of their UTF-8, all pages, beginning after `startAfter`. */
  list(prefix: string, options?: { readonly startAfter?: string }): AsyncIterable<string>;
  /** Deleting what isn't there succeeds. */
  delete(key: string): Promise<void>;
}

export type GetResult =
  | { readonly kind: 'found'; readonly body: Uint8Array; readonly etag: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'missing' };

export type PutCondition = { readonly ifAbsent: true } | { readonly ifMatch: string };

export type PutResult = { readonly kind: 'written'; readonly etag: string } | { readonly kind: 'conflict' };
