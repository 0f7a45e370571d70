import * as z from 'zod/mini';
import type { CallBucket } from '../platform/ports/call-pace.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { BucketLevel } from './bucket-level.ts';

const amount = z.number().check(z.minimum(0));

const level = z.object({
  countedAtMillis: z.number(),
  tokens: z.object({ drain: amount, launch: amount, scaling: amount, targets: amount }),
  pace: z.number().check(z.positive(), z.maximum(1)),
  slowedAtMillis: z.number(),
});

/** `state/buckets/<name>.json`: how much is left for each role; compared and set by everybody who makes calls. */
const bucketDocument = z.object({ version: z.literal(1), levels: z.record(z.string(), level) });

/** Buckets that one call is paid from together are in one document, so that it is paid at once or not at all. */
export const bucketKey = (bucket: CallBucket): string =>
  `state/buckets/${bucket === 'balancerTargets' ? 'balancerAny' : bucket}.json`;

/** `broken` for a document that this version can't read. */
export interface ReadBuckets {
  readonly levels: Readonly<Record<string, BucketLevel>> | 'broken';
  /** Absent when there is no document yet. */
  readonly etag?: string;
}

export const readBuckets = async (store: ObjectStore, key: string): Promise<ReadBuckets> => {
  const got = await store.get(key);
  return got.kind === 'found' ? { levels: parseLevels(got.body), etag: got.etag } : { levels: {} };
};

const parseLevels = (body: Uint8Array): ReadBuckets['levels'] => {
  try {
    const parsed = z.safeParse(bucketDocument, JSON.parse(new TextDecoder().decode(body)));
    return parsed.success ? parsed.data.levels : 'broken';
  } catch {
    return 'broken';
  }
};

/** Its etag; undefined when somebody else was faster. */
export const writeBuckets = async (
  store: ObjectStore,
  key: string,
  levels: Readonly<Record<string, BucketLevel>>,
  etag: string | undefined,
): Promise<string | undefined> => {
  const document = { version: 1, levels };
  const put = await store.put(
    key,
    new TextEncoder().encode(JSON.stringify(document)),
    etag === undefined ? { ifAbsent: true } : { ifMatch: etag },
  );
  return put.kind === 'written' ? put.etag : undefined;
};
