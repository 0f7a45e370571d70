import * as z from 'zod/mini';
import type { RunSchedule } from '../../platform/ports/run-schedules.ts';
import { text } from './fields.ts';
import { submissionRequest } from './submission.ts';

export const scheduleNameField = z
  .string('expected a name')
  .check(
    z.regex(
      /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/,
      'expected a name of 1 to 64 letters, digits, - _ and ., not beginning with a dot',
    ),
  );

const expressionExpected = 'expected cron(…), rate(…) or at(…), as EventBridge Scheduler writes them';

/** The body of PUT /schedules/{name}: when, and what POST /runs takes. */
export const scheduleRequest = z.extend(submissionRequest, {
  expression: z
    .string(expressionExpected)
    .check(z.regex(/^(cron|rate|at)\([^()]{1,200}\)$/, expressionExpected)),
  /** IANA name; UTC when left out. */
  timezone: z.optional(
    z
      .string('expected a time zone such as Europe/Berlin')
      .check(z.regex(/^[A-Za-z0-9_+/-]{1,50}$/, 'expected a time zone such as Europe/Berlin')),
  ),
  /** True when left out. */
  enabled: z.optional(z.boolean('expected true or false')),
});

export const scheduleDocument = z.looseObject({
  name: text,
  expression: text,
  timezone: text,
  enabled: z.boolean(),
  /** Key of the stored plan. */
  plan: text,
}) satisfies z.ZodMiniType<RunSchedule>;

/** GET /schedules, by name. */
export const scheduleListAnswer = z.looseObject({ schedules: z.array(scheduleDocument) });
