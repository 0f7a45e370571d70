import { setTimeout as sleepFor } from 'node:timers/promises';
import { uploadAnswer } from '../../api/documents/uploads.ts';
import { BadInputError, ServiceUnavailableError } from '../../errors.ts';
import type { UploadTicket } from '../ports/upload-tickets.ts';
import type { ApiClient } from './api-client.ts';
import { describeNoAnswer } from './api-failure.ts';
import { type Attempted, decideRetry } from './decide-retry.ts';

export interface UploadSenderOptions {
  readonly timeoutMillis?: number;
  readonly sleep?: (millis: number) => Promise<unknown>;
  readonly random?: () => number;
}

/** Several at a time, so that many small files don't wait for each other's round trips. */
const atOnce = 4;
/** Of one upload: the largest that is allowed, 100 MB, at some 3 Mbit/s. */
const defaultTimeoutMillis = 300_000;

/** Tickets ask for the content to be kept only if there is none yet; under its digest it can only be the same. */
const contentIsThere = 412;
/** S3's ConditionalRequestConflict: somebody else is sending it right now; asks for another attempt. */
const sameIsBeingSent = 409;

/** Puts a plan's files where a stack's workers read them: by digest, and only those that are not there yet. */
export class UploadSender {
  readonly #client: ApiClient;
  readonly #options: UploadSenderOptions;

  constructor(client: ApiClient, options: UploadSenderOptions = {}) {
    this.#client = client;
    this.#options = options;
  }

  /** By key, `uploads/<sha256 hex>`. Throws `ServiceUnavailable`, `BadInput` when a content is refused. */
  async send(uploads: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const waiting = uploads.entries();
    const lane = async (): Promise<void> => {
      for (const [key, content] of waiting) await this.#sendOne(key, content);
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, uploads.size) }, lane));
  }

  async #sendOne(key: string, content: Uint8Array): Promise<void> {
    const body = { sha256: key.replace(/^uploads\//, ''), bytes: content.length };
    const answer = await this.#client.ask(uploadAnswer, 'POST', '/uploads', { body });
    if (!answer.present) await this.#put(key, answer.ticket, content);
  }

  async #put(key: string, ticket: UploadTicket, content: Uint8Array): Promise<void> {
    const { sleep = sleepFor, random = Math.random, timeoutMillis = defaultTimeoutMillis } = this.#options;
    for (let attempt = 1; ; attempt++) {
      let attempted: Attempted = { kind: 'no answer' };
      let failure: Error;
      try {
        const response = await fetch(ticket.url, {
          method: ticket.method,
          headers: ticket.headers,
          body: content as Uint8Array<ArrayBuffer>,
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMillis),
        });
        const text = await response.text();
        const { status } = response;
        if (response.ok || status === contentIsThere) return;
        if (status !== sameIsBeingSent)
          attempted = {
            kind: 'answer',
            status,
            retryAfter: response.headers.get('retry-after') ?? undefined,
          };
        failure = refused(key, status, text);
      } catch (error) {
        const why = describeNoAnswer(error, new URL(ticket.url).host);
        failure = new ServiceUnavailableError(`${key} could not be uploaded: ${why}`, { cause: error });
      }
      const wait = decideRetry(attempted, attempt, { random: random(), nowMillis: Date.now() });
      if (wait === undefined) throw failure;
      await sleep(wait);
    }
  }
}

/** S3 says why in XML. */
const refused = (key: string, status: number, text: string): Error => {
  const why = /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
  const message = `${key} could not be uploaded: HTTP ${status}${why === undefined ? '' : `, ${why}`}`;
  return status === 429 || status >= 500
    ? new ServiceUnavailableError(message)
    : new BadInputError(`${message}; run the command again`);
};
