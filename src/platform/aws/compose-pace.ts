import { S3Client } from '@aws-sdk/client-s3';
import { SharedPace } from '../../quota/shared-pace.ts';
import type { CallerRole } from '../ports/call-pace.ts';
import type { PacedTime } from '../ports/paced-time.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { S3Store } from './s3-store.ts';

/** The time that calls to AWS are paced in. */
export const pacedTime: PacedTime = {
  nowMillis: () => Date.now(),
  sleep: (millis) => new Promise((resolve) => setTimeout(resolve, millis)),
};

/**
 * The buckets that all functions of the stack share, as one of them takes from them. They have an S3 client of their own:
 * a token is kept for a third of a second, so an answer that takes much longer is worth nothing.
 */
export const composePace = (bucket: string, role: CallerRole): SharedPace => {
  const store = new S3Store(new S3Client(awsClientOptions({ requestSeconds: 1, attempts: 2 })), bucket);
  return new SharedPace({ store, role, time: pacedTime, warn: console.warn });
};
