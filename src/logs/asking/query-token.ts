import { createHash } from 'node:crypto';

/** What makes starting an attempt twice start it once: 64 characters. */
export const queryToken = (queryId: string, attempt: number): string =>
  createHash('sha256').update(`${queryId} ${attempt}`).digest('hex');
