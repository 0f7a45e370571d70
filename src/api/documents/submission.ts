import * as z from 'zod/mini';
import type { Plan } from '../../plan/plan.ts';
import type { StartedRun } from '../../platform/ports/run-api.ts';
import type { Preflight } from '../../run/decide-preflight.ts';
import { count, figure, runIdField, text, uploadField, workersField } from './fields.ts';

/** Workers hold every file of a plan in memory. */
export const largestUploadBytes = 100_000_000;
/** What a plan document may be at most; also what `parsePlan` accepts. */
const longestPlan = 1_000_000;

export const uploadBytesField = z
  .int('expected a number of bytes')
  .check(
    z.minimum(0, 'expected a number of bytes'),
    z.maximum(largestUploadBytes, `expected at most ${largestUploadBytes} bytes`),
  );

const submittedFile = z.strictObject(
  {
    /** From POST /uploads. */
    upload: uploadField,
    bytes: uploadBytesField,
    /** Of a hook module, bundled into one file: the names of the functions it exports. */
    exports: z.optional(
      z
        .array(z.string('expected text').check(z.maxLength(200)), 'expected a list of names')
        .check(z.maxLength(1000, 'expected at most 1000 names')),
    ),
  },
  'expected { upload, bytes, exports? } and nothing else',
);

const planText = z
  .string('expected the plan as a text or as an object')
  .check(
    z.minLength(1, 'expected the plan, not an empty text'),
    z.maxLength(longestPlan, `expected a plan of at most ${longestPlan} characters`),
  );

/** The body of POST /runs and POST /plans/check: a plan and what it is compiled with. */
export const submissionRequest = z.strictObject(
  {
    /** The document as YAML or JSON text, or as an object. */
    plan: z.union(
      [planText, z.record(z.string(), z.unknown())],
      'expected the plan as a YAML or JSON text, or as an object',
    ),
    /** How messages name the document. */
    name: z.optional(
      z
        .string('expected text')
        .check(z.minLength(1, 'expected a name'), z.maxLength(500, 'expected at most 500 characters')),
    ),
    /** Uploads by the names that the plan has for them. */
    files: z.optional(z.record(z.string(), submittedFile, 'expected files by name')),
    /** Values for variables of the plan. */
    set: z.optional(z.record(z.string(), z.string('expected text'), 'expected texts by variable')),
    /** Instead of the plan's number. */
    workers: z.optional(workersField),
  },
  'expected an object with plan, and optionally name, files, set and workers',
);
export type SubmissionRequest = z.infer<typeof submissionRequest>;

export const preflightDocument = z.looseObject({
  workers: z.looseObject({ count, spot: count, vcpu: figure, memoryGib: figure }),
  launchSeconds: figure,
  costUsd: z.nullable(z.looseObject({ likely: figure, most: figure })),
  problems: z.array(text),
  notes: z.array(text),
}) satisfies z.ZodMiniType<Preflight>;

/** The stack has compiled it; what is looked at here is that it is of a version that this one reads. */
const compiledPlan = z.looseObject({
  version: z.literal(1),
  name: text,
  target: text,
  load: z.looseObject({ model: z.enum(['open', 'closed']) }),
}) as unknown as z.ZodMiniType<Plan>;

/** POST /plans/check for a plan that compiles. One that doesn't is a problem with code `plan-invalid`. */
export const planCheckAnswer = z.looseObject({ plan: compiledPlan, preflight: preflightDocument });

/** POST /runs. `created` is false when the idempotency key was seen before. */
export const startedAnswer = z.looseObject({
  runId: runIdField,
  created: z.boolean(),
}) satisfies z.ZodMiniType<StartedRun>;
