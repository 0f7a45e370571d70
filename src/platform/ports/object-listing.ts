/**
 * Looking over the object store by folder and by size: what a catalog is made from. The same keys as `ObjectStore`. Every
 * method throws `StoreUnavailable` when the store fails in a way that may pass.
 */
export interface ObjectListing {
  /**
   * Prefixes right below `prefix`, each with its ending `/`, ascending, all pages: of `logs/` those of the families.
   * `prefix` is empty or ends with `/`.
   */
  folders(prefix: string): AsyncIterable<string>;
  /** Objects whose keys begin with `prefix`, ascending by key, all pages. */
  objects(prefix: string): AsyncIterable<ListedObject>;
  /** Deletes up to 1,000 objects with one call; deleting what isn't there succeeds. Returns those that could not be deleted. */
  deleteAll(keys: readonly string[]): Promise<readonly string[]>;
  /** How the store is named in SQL and in the catalog, with its ending `/`: `s3://bucket/`, or the folder's absolute path. */
  readonly root: string;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}
