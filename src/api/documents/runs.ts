import * as z from 'zod/mini';
import type { RunListEntry } from '../../platform/ports/run-api.ts';
import { instant, outcomeField, runIdField, text, workersField } from './fields.ts';
import { progressDocument } from './progress.ts';
import { summaryDocument } from './summary.ts';

export const mostRunsListed = 100;

export const runListEntryDocument = z.looseObject({
  runId: text,
  name: text,
  target: text,
  createdAt: instant,
  status: z.union([outcomeField, z.enum(['running', 'unknown'])]),
}) satisfies z.ZodMiniType<RunListEntry>;

/** GET /runs?limit=&cursor=, newest first. `next` is the cursor of the next page; absent on the last one. */
export const runListAnswer = z.looseObject({
  runs: z.array(runListEntryDocument),
  next: z.exactOptional(text),
});

/** GET /runs/{id}. The summary is there when the run has ended. */
export const runAnswer = z.looseObject({
  progress: progressDocument,
  summary: z.exactOptional(summaryDocument),
});

/** The body of POST /runs/{id}/stop; it may be left out. */
export const stopRequest = z.strictObject(
  {
    reason: z.optional(
      z
        .string('expected text')
        .check(z.minLength(1, 'expected a reason'), z.maxLength(500, 'expected at most 500 characters')),
    ),
  },
  'expected an object with reason, or nothing',
);

const rateExpected = 'expected a factor above 0 and up to 100: 2 is twice the rate of the plan';

/** The body of PATCH /runs/{id}: at least one of them. */
export const changeRequest = z
  .strictObject(
    {
      workers: z.optional(workersField),
      rateScale: z.optional(
        z.number(rateExpected).check(z.positive(rateExpected), z.maximum(100, rateExpected)),
      ),
    },
    'expected an object with workers, rateScale or both',
  )
  .check(
    z.refine(({ workers, rateScale }) => workers !== undefined || rateScale !== undefined, {
      error: 'expected workers, rateScale or both',
    }),
  );

/** What was asked for will happen; GET /runs/{id} shows when it has. */
export const acceptedAnswer = z.looseObject({ runId: runIdField });
