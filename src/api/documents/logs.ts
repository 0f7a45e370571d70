import * as z from 'zod/mini';
import type {
  CatalogUpdate,
  LogTableEntry,
  QueryAnswer,
  StartedQuery,
} from '../../platform/ports/logs-api.ts';
import { count, figure, runIdField, text } from './fields.ts';

export const mostLogLines = 100_000;
const usualLogLines = 1000;
const longestSql = 262_144;

const instantExpected = 'expected milliseconds since the epoch, or an instant such as 2026-01-31T10:20:30Z';

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since the epoch, or ISO 8601 with its offset. */
const instantField = z.union(
  [
    z.int(instantExpected).check(z.nonnegative(instantExpected)),
    z
      .string(instantExpected)
      .check(z.refine((given) => instant.test(given) && !Number.isNaN(Date.parse(given)), instantExpected)),
  ],
  instantExpected,
);

const nameExpected = 'expected 1 to 255 letters, digits, - and _';
const nameField = z.string(nameExpected).check(z.regex(/^[A-Za-z0-9_-]{1,255}$/, nameExpected));

const askedText = (what: string) => z.string(what).check(z.minLength(1, what), z.maxLength(500, what));

const limitExpected = `expected a whole number from 1 to ${mostLogLines}`;
const bytesExpected = 'expected bytes: a whole number from 1';

const logQuestion = z.strictObject(
  {
    family: nameField,
    /** All of the family when left out. */
    container: z.optional(nameField),
    /** Two hours before `until` when left out. */
    since: z.optional(instantField),
    /** Not part of the time; now when left out. */
    until: z.optional(instantField),
    /** Lines that contain it, letter by letter. */
    text: z.optional(askedText('expected 1 to 500 characters that lines contain')),
    /** Lines that it matches: no look-around, no back-references. */
    regex: z.optional(askedText('expected a regular expression of 1 to 500 characters')),
    /** ARN or id, or the beginning of an id. */
    task: z.optional(askedText('expected the id or the ARN of a task')),
    /** Only the time of that run; since its start when `since` is left out. */
    run: z.optional(runIdField),
    /** The newest ones. */
    limit: z._default(
      z.int(limitExpected).check(z.minimum(1, limitExpected), z.maximum(mostLogLines, limitExpected)),
      usualLogLines,
    ),
    /** Lines that are no records, instead of those that are. */
    malformed: z.optional(z.boolean('expected true or false')),
  },
  'expected an object with family, and container, since, until, text, regex, task, run, limit, malformed',
);

const sqlExpected = `expected one SELECT of 1 to ${longestSql} characters`;

/** The body of POST /logs/query: a question about logs, or a SELECT. */
export const queryRequest = z
  .strictObject(
    {
      logs: z.optional(logQuestion),
      sql: z.optional(
        z.string(sqlExpected).check(z.minLength(1, sqlExpected), z.maxLength(longestSql, sqlExpected)),
      ),
      /** What the query may scan at most; where the deployment allows less, that holds. */
      maxScanBytes: z.optional(z.int(bytesExpected).check(z.positive(bytesExpected))),
      /** False, with `sql`: run it anew, even where a result is at hand. */
      reuse: z.optional(z.boolean('expected true or false')),
    },
    'expected an object with logs or sql, and maxScanBytes',
  )
  .check(
    z.refine(({ logs, sql }) => (logs === undefined) !== (sql === undefined), 'expected either logs or sql'),
    z.refine(({ logs, reuse }) => logs === undefined || reuse === undefined, 'expected reuse with sql only'),
  );

/** What is said before the answer is in `warnings`, a sentence each. */
export const startedQueryAnswer = z.looseObject({
  queryId: text,
  warnings: z.array(text),
}) satisfies z.ZodMiniType<StartedQuery>;

const sqlCell = z.union([text, figure, z.boolean(), z.null()]);

/**
 * GET /logs/query/{id}. Rows come once `kind` is `succeeded`, a page at a time: `next` is the cursor of the next page, and absent on
 * the last one. Numbers are numbers up to 2^53 and text above, timestamps ISO 8601 in UTC, lists and maps JSON text.
 */
export const queryAnswer = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('running'), scannedBytes: figure }),
  z.looseObject({
    kind: z.literal('failed'),
    message: text,
    /** The same question may be answered later. */
    isPassing: z.boolean(),
    scannedBytes: figure,
    usd: figure,
  }),
  z.looseObject({ kind: z.literal('cancelled'), scannedBytes: figure, usd: figure }),
  z.looseObject({
    kind: z.literal('succeeded'),
    scannedBytes: figure,
    /** Of Athena's price. */
    usd: figure,
    /** An older result of the same query: nothing was scanned. */
    isReused: z.boolean(),
    millis: figure,
    columns: z.array(z.looseObject({ name: text, type: text })),
    rows: z.array(z.array(sqlCell)),
    next: z.exactOptional(text),
  }),
]) satisfies z.ZodMiniType<QueryAnswer>;

/** A view that can be asked, and whose logs it has. */
export const logTableDocument = z.looseObject({
  table: text,
  family: text,
  container: text,
  mode: z.enum(['registered', 'projection']),
  retentionDays: count,
  /** Days that are Parquet. */
  compactedDays: count,
}) satisfies z.ZodMiniType<LogTableEntry>;

/** GET /logs/tables, by family and container. */
export const logTableListAnswer = z.looseObject({ tables: z.array(logTableDocument) });

/** POST /logs/catalog. Where `isDone` is false it goes on by itself, and nothing is counted. */
export const catalogUpdateAnswer = z.looseObject({
  isDone: z.boolean(),
  tablesMade: count,
  partitionsMade: count,
  partitionsRemoved: count,
  problems: z.array(text),
}) satisfies z.ZodMiniType<CatalogUpdate>;
