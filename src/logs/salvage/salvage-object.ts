import { gzipSync } from 'node:zlib';
import { parseLogKey } from '../layout/log-key.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import { isWholeGzip } from './read-broken-gzip.ts';
import { salvageLines } from './salvage-lines.ts';

export type SalvagePorts = Pick<CatalogPorts, 'store' | 'listing'>;

export type SalvageOutcome =
  | {
      readonly kind: 'salvaged';
      /** Of the object that queries read instead. */
      readonly key: string;
      /** Where the original is now. */
      readonly kept: string;
      readonly lines: number;
    }
  /** There is nothing wrong with it: whoever could not read it may be able to the next time. */
  | { readonly kind: 'readable' }
  | { readonly kind: 'missing' }
  /** Too large to be held in memory, so it is left as it is. */
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'not-a-log' };

/** Fluent Bit writes no object of more than 50 MB, before compression. */
const mostBytes = 64_000_000;
const mostUncompressedBytes = 256_000_000;

export const unreadableRoot = 'unreadable/';

/**
 * Puts what can be read of a broken log object beside it, and the object itself where no query looks. Looks for itself
 * whether it is broken: a generation may hold the rows of a whole one, which would then be there twice. Doing it again
 * after a crash goes on where it ended.
 * @param named Its key, or how SQL names it.
 */
export const salvageObject = async (
  { store, listing }: SalvagePorts,
  named: string,
): Promise<SalvageOutcome> => {
  const key = named.startsWith(listing.root) ? named.slice(listing.root.length) : named;
  if (parseLogKey(key) === undefined) return { kind: 'not-a-log' };
  const bytes = await sizeOf(listing, key);
  if (bytes === undefined) return { kind: 'missing' };
  if (bytes > mostBytes) return { kind: 'too-large', bytes };
  const got = await store.get(key);
  if (got.kind !== 'found') return { kind: 'missing' };
  // Engines tell gzip by the ending, and skip what is empty.
  if (!key.endsWith('.gz') || got.body.length === 0 || (await isWholeGzip(got.body)))
    return { kind: 'readable' };

  const kept = `${unreadableRoot}${key}`;
  await store.put(kept, got.body);
  const { text, lines } = salvageLines(got.body, mostUncompressedBytes, { key, kept });
  const salvaged = `${key.slice(0, -'.gz'.length)}-salvaged.gz`;
  await store.put(salvaged, gzipSync(text));
  await store.delete(key);
  return { kind: 'salvaged', key: salvaged, kept, lines };
};

const sizeOf = async (listing: SalvagePorts['listing'], key: string): Promise<number | undefined> => {
  for await (const object of listing.objects(key)) if (object.key === key) return object.bytes;
  return undefined;
};
