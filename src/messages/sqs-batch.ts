import * as z from 'zod/mini';
import { DocumentInvalidError } from '../errors.ts';

/** `{ "Records": [{ "messageId": "…", "body": "…", "attributes": { "SentTimestamp": "1795253460123", … }, … }] }` */
const sqsBatch = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      body: z.string(),
      attributes: z.optional(z.object({ SentTimestamp: z.optional(z.string()) })),
    }),
  ),
});

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  /** When the queue got it; milliseconds since the epoch. */
  readonly sentAtMillis?: number;
}

/** Which messages SQS is to deliver again. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The messages of an event that SQS invokes a function with. Throws `DocumentInvalid`. */
export const parseSqsBatch = (event: unknown): readonly QueueMessage[] => {
  const parsed = sqsBatch.safeParse(event);
  if (!parsed.success)
    throw new DocumentInvalidError(
      `The event is no batch of SQS messages: expected Records with messageId and body, ${z.prettifyError(parsed.error)}`,
    );
  return parsed.data.Records.map(({ messageId, body, attributes }) => {
    const sentAtMillis = Number(attributes?.SentTimestamp ?? Number.NaN);
    return { messageId, body, ...(Number.isFinite(sentAtMillis) ? { sentAtMillis } : {}) };
  });
};
