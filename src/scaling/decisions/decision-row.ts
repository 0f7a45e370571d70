import * as z from 'zod/mini';

/**
 * A row of `tables/decisions/`: one decision of one tick. Written when something is done, and when the reason for doing
 * nothing changes. The same columns in SQL: times are ISO 8601 in UTC, `figures` is JSON text.
 */
export const decisionRow = z.object({
  version: z.literal(1),
  at: z.string(),
  cluster: z.string(),
  /** Of the tick; rows of one tick share it. */
  tick: z.string(),
  /** `service/web`, `pool/spot`, `instance/i-…`, `placement/service:web`, `cluster`. */
  subject: z.string(),
  outcome: z.enum(['out', 'in', 'hold']),
  reason: z.string(),
  from: z.nullable(z.number()),
  to: z.nullable(z.number()),
  sentence: z.string(),
  figures: z.string(),
  /** `done`, `dry-run`, or why it could not be carried out; empty for decisions to do nothing. */
  carriedOut: z.string(),
  /** Of the policy that decided. */
  policy: z.string(),
});

/** What a decision may be about: `placement/…` is the group of tasks that finds no room. */
export const subjectPattern = /^(cluster|(service|pool|instance|placement)\/[^\s/]{1,255})$/;

export type DecisionRow = z.infer<typeof decisionRow>;
