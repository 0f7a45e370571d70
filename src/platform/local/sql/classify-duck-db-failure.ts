import type { SqlStatus } from '../../ports/sql-engine.ts';

/** Why a query failed: of the causes of `SqlStatus`, and two that are ours to answer. */
export type DuckDbFailure =
  | Pick<Extract<SqlStatus, { kind: 'failed' }>, 'cause' | 'message' | 'object'>
  | { readonly cause: 'interrupted' }
  /** Another way of reading is needed; of `bad-gzip` DuckDB doesn't say which file it is. */
  | {
      readonly cause: 'long-line' | 'not-utf8' | 'bad-gzip';
      readonly message: string;
      readonly object?: string;
    };

/** @param root Where the store's objects are, with its ending `/`. */
export const classifyDuckDbFailure = (error: unknown, root: string): DuckDbFailure => {
  const message = error instanceof Error ? error.message : String(error);
  const [path] = paths(message, root);
  const object = path === undefined ? {} : { object: path };
  if (message.startsWith('INTERRUPT Error')) return { cause: 'interrupted' };
  if (/^(Invalid Input Error: CSV Error|Not implemented Error: The Parallel CSV)/.test(message)) {
    if (message.includes('not utf-8 encoded')) return { cause: 'not-utf8', message, ...object };
    if (/Maximum line size|does not support a full read/.test(message))
      return { cause: 'long-line', message, ...object };
  }
  if (/^(IO Error: Cannot open file|IO Error: No files found)/.test(message))
    return { cause: 'engine', message: `An object was removed while it was read: ${message}` };
  if (/^IO Error: .*gzip/i.test(message) && path === undefined) return { cause: 'bad-gzip', message };
  if (unreadable.test(message) && path !== undefined) return { cause: 'object', message, object: path };
  return { cause: /^(Out of Memory|INTERNAL|FATAL|IO) Error/.test(message) ? 'engine' : 'query', message };
};

const unreadable = /GZIP|gzip|CSV Error|Parquet|parquet|magic bytes|ZSTD|Snappy|thrift|TProtocol|file '/;

/** Whatever stands in a message for a file of the store. The root may have any letters in it, the keys below don't end a text. */
const paths = (message: string, root: string): readonly string[] => {
  const found: string[] = [];
  for (let at = message.indexOf(root); at >= 0; at = message.indexOf(root, at + root.length)) {
    const [key = ''] = /^[^\n"']*?(?=$|["'\n]|: |, )/.exec(message.slice(at + root.length)) ?? [];
    found.push(`${root}${key.trimEnd()}`);
  }
  return found;
};
