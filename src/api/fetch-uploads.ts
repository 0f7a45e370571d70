import { createHash } from 'node:crypto';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { SubmissionRequest } from './documents/submission.ts';

/** What one plan may name together: it is held in the memory of a function while the plan is compiled. */
export const largestSubmissionBytes = 200_000_000;
export const mostFilesOfPlan = 200;
const readsAtOnce = 4;

export type FetchedUpload =
  | { readonly kind: 'found'; readonly body: Uint8Array }
  | { readonly kind: 'missing'; readonly reason: string };

const digestOf = (body: Uint8Array): string => `uploads/${createHash('sha256').update(body).digest('hex')}`;

const fetchUpload = async (store: ObjectStore, upload: string, bytes: number): Promise<FetchedUpload> => {
  const got = await store.get(upload);
  if (got.kind !== 'found')
    return { kind: 'missing', reason: `${upload} is not there; send its content first: POST /uploads` };
  // The limit of all files together is kept by what the request says.
  if (got.body.length !== bytes)
    return { kind: 'missing', reason: `${upload} has ${got.body.length} bytes, not ${bytes}` };
  if (digestOf(got.body) !== upload)
    return { kind: 'missing', reason: `the content of ${upload} does not have that digest; upload it again` };
  return { kind: 'found', body: got.body };
};

/** The contents of the files that came with a plan, by upload; each is read once, a few at a time, and its digest checked. */
export const fetchUploads = async (
  store: ObjectStore,
  files: NonNullable<SubmissionRequest['files']>,
): Promise<ReadonlyMap<string, FetchedUpload>> => {
  const wanted = new Map(Object.values(files).map(({ upload, bytes }) => [upload, bytes])).entries();
  const fetched = new Map<string, FetchedUpload>();
  const reader = async (): Promise<void> => {
    for (const [upload, bytes] of wanted) fetched.set(upload, await fetchUpload(store, upload, bytes));
  };
  await Promise.all(Array.from({ length: readsAtOnce }, reader));
  return fetched;
};
