import * as z from 'zod/mini';
import { runIdField } from './documents/fields.ts';
import { mostRunsListed } from './documents/runs.ts';
import { scheduleNameField } from './documents/schedules.ts';

/** Texts of a query as whole numbers; anything else is left for the schema to refuse. */
const wholeNumber = z.transform((given: unknown) =>
  typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given,
);

const limitExpected = `expected a whole number from 1 to ${mostRunsListed}`;

export const ofRun = z.strictObject({ id: runIdField });

export const ofSchedule = z.strictObject({ name: scheduleNameField });

export const listQuery = z.strictObject(
  {
    limit: z._default(
      z.pipe(
        wholeNumber,
        z.int(limitExpected).check(z.minimum(1, limitExpected), z.maximum(mostRunsListed, limitExpected)),
      ),
      20,
    ),
    cursor: z.optional(
      z
        .string('expected the next of the page before')
        .check(z.regex(/^[0-9]{13}-[A-Za-z0-9-]{1,64}\.json$/, 'expected the next of the page before')),
    ),
  },
  'there are limit and cursor',
);

const secondExpected = 'expected a second of the run: a whole number from 0';

export const timelineQuery = z.strictObject(
  { after: z._default(z.pipe(wholeNumber, z.int(secondExpected).check(z.nonnegative(secondExpected))), 0) },
  'there is after',
);

const keyExpected = 'expected 1 to 255 printable ASCII characters without spaces';

/** One key, one run: a request that is sent again with it starts nothing new. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z.optional(z.string(keyExpected).check(z.regex(/^[\x21-\x7e]{1,255}$/, keyExpected))),
});
