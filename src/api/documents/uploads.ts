import * as z from 'zod/mini';
import { digestField, instant, text, uploadField } from './fields.ts';
import { uploadBytesField } from './submission.ts';

/** The body of POST /uploads. */
export const uploadRequest = z.strictObject(
  { sha256: digestField, bytes: uploadBytesField },
  'expected an object with sha256 and bytes',
);

export const uploadTicketDocument = z.looseObject({
  url: text,
  method: z.literal('PUT'),
  /** To be sent exactly so. */
  headers: z.record(z.string(), text),
  expiresAt: instant,
});

/** Present: nothing has to be sent. Otherwise the content goes to the ticket's URL. `upload` is what a plan's `files` name. */
export const uploadAnswer = z.union([
  z.looseObject({ upload: uploadField, present: z.literal(true) }),
  z.looseObject({ upload: uploadField, present: z.literal(false), ticket: uploadTicketDocument }),
]);
