import * as z from 'zod/mini';
import type { DocumentProblem } from '../../document/document-problem.ts';
import { count, text } from './fields.ts';

/** One thing wrong with a plan, placed in its document. */
export const planProblemDocument = z.looseObject({
  code: z.enum(['invalid', 'target-not-allowed']),
  file: text,
  line: count,
  column: count,
  path: text,
  value: text,
  expected: text,
  sourceLine: text,
}) satisfies z.ZodMiniType<DocumentProblem>;

/** One thing wrong with a request: `body.workers`, `query.limit`, `header.idempotency-key`. */
export const requestProblemDocument = z.looseObject({ at: text, expected: text });

/** What `code` may be. Names are a contract: clients decide on them. */
export const problemCodes = [
  'bad-request',
  'malformed-json',
  'unsupported-media-type',
  'body-too-large',
  'route-not-found',
  'method-not-allowed',
  'plan-invalid',
  'preflight-failed',
  'run-not-found',
  'run-already-ended',
  'run-not-planned',
  'run-not-ended',
  'schedule-not-found',
  'drain-not-found',
  'policy-not-found',
  'policy-refused',
  'query-invalid',
  'query-not-found',
  'log-table-not-found',
  'drain-already-ended',
  'idempotency-conflict',
  'digest-mismatch',
  'conflict',
  'not-allowed',
  'not-available-here',
  'unavailable',
  'internal',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** Every answer that isn't a success: application/problem+json, RFC 9457. */
export const problemDocument = z.looseObject({
  /** `urn:stormdrain:problem:` and the code. */
  type: text,
  title: text,
  status: z.int(),
  /** One of `problemCodes`; a later version may have more. */
  code: text,
  detail: text,
  /** With `bad-request`: what is wrong where. */
  errors: z.optional(z.array(requestProblemDocument)),
  /** With `plan-invalid` and `policy-refused`: all that is wrong with the document. */
  problems: z.optional(z.array(planProblemDocument)),
  /** With `preflight-failed`: what stands in the way, a sentence each. */
  reasons: z.optional(z.array(text)),
});
