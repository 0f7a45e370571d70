import { createHash } from 'node:crypto';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { type ApiResponse, encodeAnswer } from './api-message.ts';
import { describeFailure, problemAnswer } from './problems.ts';

/** Where a server on this machine takes uploads itself. Not among the routes: on AWS it is the bucket that takes them. */
export const uploadPath = '/uploads/{digest}';

/** Stores a content under its digest, if it has it. */
export const receiveUpload = async (
  store: ObjectStore,
  digest: string,
  body: Uint8Array,
): Promise<ApiResponse> => {
  const actual = createHash('sha256').update(body).digest('hex');
  if (actual !== digest) {
    const detail = `Nothing was stored: the SHA-256 digest of what was sent is ${actual}.`;
    return problemAnswer('digest-mismatch', detail);
  }
  const upload = `uploads/${digest}`;
  try {
    await store.put(upload, body, { ifAbsent: true });
    return encodeAnswer({ status: 200, document: { upload } }, 'application/json');
  } catch (error) {
    return describeFailure(error).response;
  }
};
