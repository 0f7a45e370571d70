import * as z from 'zod/mini';
import { subjectPattern } from '../scaling/decisions/decision-row.ts';
import { mostDrainsListed } from './documents/drains.ts';
import { runIdField } from './documents/fields.ts';
import { mostRunsListed } from './documents/runs.ts';
import { mostDecisionsListed } from './documents/scaling.ts';
import { scheduleNameField } from './documents/schedules.ts';

/** Texts of a query as whole numbers; anything else is left for the schema to refuse. */
const wholeNumber = z.transform((given: unknown) =>
  typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given,
);

export const ofRun = z.strictObject({ id: runIdField });

export const ofSchedule = z.strictObject({ name: scheduleNameField });

const pageQuery = (most: number, cursor: RegExp) => {
  const limitExpected = `expected a whole number from 1 to ${most}`;
  const cursorExpected = 'expected the next of the page before';
  return z.strictObject(
    {
      limit: z._default(
        z.pipe(
          wholeNumber,
          z.int(limitExpected).check(z.minimum(1, limitExpected), z.maximum(most, limitExpected)),
        ),
        20,
      ),
      cursor: z.optional(z.string(cursorExpected).check(z.regex(cursor, cursorExpected))),
    },
    'there are limit and cursor',
  );
};

export const listQuery = pageQuery(mostRunsListed, /^[0-9]{13}-[A-Za-z0-9-]{1,64}\.json$/);

export const drainListQuery = pageQuery(mostDrainsListed, /^[0-9]{13}-i-[a-z0-9-]{1,64}\.json$/);

const drainExpected = 'expected the id of a drain or of an instance, or the beginning of one: i-0b66';

export const ofDrain = z.strictObject({
  id: z.string(drainExpected).check(z.regex(/^i-[0-9a-f]{1,17}(-[0-9a-z]{0,8})?$/, drainExpected)),
});

const clusterExpected = 'expected the name of a cluster: letters, digits, - and _';
const clusterField = z.string(clusterExpected).check(z.regex(/^[A-Za-z0-9_-]{1,255}$/, clusterExpected));

export const ofCluster = z.strictObject({ cluster: clusterField });

const instantExpected = 'expected milliseconds since the epoch, or an instant such as 2026-01-31T10:20:30Z';

/** Milliseconds, or ISO 8601; anything else is left for the schema to refuse. */
const instantText = z.transform((given: unknown) => {
  if (typeof given !== 'string') return given;
  if (/^\d{1,16}$/.test(given)) return Number(given);
  const millis = /^\d{4}-\d\d-\d\dT/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(millis) ? given : millis;
});

const instantField = z.pipe(instantText, z.number(instantExpected));

/** What the last two hours decided unless asked otherwise. */
const recentMillis = 2 * 3_600_000;

const subjectExpected = 'expected a subject such as service/web, pool/spot, instance/i-0b66 or cluster';

export const decisionQuery = z.extend(
  pageQuery(mostDecisionsListed, /^\d{1,16}(\.\d{1,16}\.[A-Za-z0-9_.:-]{1,400})?$/),
  {
    cluster: z.optional(clusterField),
    subject: z.optional(z.string(subjectExpected).check(z.regex(subjectPattern, subjectExpected))),
    since: z._default(instantField, () => Date.now() - recentMillis),
    until: z.optional(instantField),
  },
);

const queryExpected = 'expected the id of a query';

export const ofQuery = z.strictObject({
  id: z.string(queryExpected).check(z.regex(/^[A-Za-z0-9-]{1,128}$/, queryExpected)),
});

const cursorExpected = 'expected the next of the page before';

export const queryPageQuery = z.strictObject(
  { cursor: z.optional(z.string(cursorExpected).check(z.regex(/^[\x20-\x7e]{1,2000}$/, cursorExpected))) },
  'there is cursor',
);

const taskExpected = 'expected the id of a task: the 32 hexadecimal digits behind the last slash of its ARN';
/** 36 characters in accounts that have not opted in to long ARNs. */
const taskPattern = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const ofTask = z.strictObject({
  cluster: clusterField,
  task: z.string(taskExpected).check(z.regex(taskPattern, taskExpected)),
});

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
