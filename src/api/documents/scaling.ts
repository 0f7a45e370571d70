import * as z from 'zod/mini';
import type { AppliedPolicy, DecisionPage, PolicyStanding } from '../../platform/ports/scaling-api.ts';
import { decisionRow } from '../../scaling/decisions/decision-row.ts';
import { compiledPolicy } from '../../scaling/policy-store/compiled-policy.ts';
import { figure, text } from './fields.ts';

export const mostDecisionsListed = 500;
/** A year and a day. */
const longestPauseSeconds = 366 * 86_400;
const longestPolicy = 1_000_000;

/** Milliseconds since the epoch. */
const millisOrNull = z.nullable(figure);

/** A policy as ticks read it: every default filled in. Seconds, MiB, and 1,024 CPU units a vCPU. */
export const scalingPolicyDocument = compiledPolicy;

export const decisionDocument = decisionRow;

export const policyStandingDocument = z.looseObject({
  cluster: text,
  /** As it was written. */
  text,
  /** SHA-256 of the text. */
  digest: text,
  appliedAtMillis: figure,
  appliedBy: text,
  /** Null when it isn't paused; 2^53 - 1 until it is resumed. */
  pausedUntilMillis: millisOrNull,
  policy: scalingPolicyDocument,
  /** When the last tick decided; null before the first. */
  tickedAtMillis: millisOrNull,
}) satisfies z.ZodMiniType<PolicyStanding>;

const policyExpected = `expected the policy as text, YAML or JSON, of 1 to ${longestPolicy} characters`;

/** The body of PUT /scaling/policies. The cluster is named in the policy. */
export const policyRequest = z.strictObject(
  {
    text: z
      .string(policyExpected)
      .check(z.minLength(1, policyExpected), z.maxLength(longestPolicy, policyExpected)),
    /** How messages name the document; `policy` when left out. */
    name: z.optional(z.string('expected text').check(z.maxLength(500, 'expected at most 500 characters'))),
  },
  'expected an object with text, and name for messages',
);

/** What the deployment lacks for the policy is in `warnings`, a sentence each. */
export const appliedPolicyAnswer = z.looseObject({
  standing: policyStandingDocument,
  changed: z.boolean(),
  warnings: z.array(text),
}) satisfies z.ZodMiniType<AppliedPolicy>;

/** GET /scaling/policies, by cluster. */
export const policyListAnswer = z.looseObject({ policies: z.array(policyStandingDocument) });

const pauseExpected = `expected seconds from 1 to ${longestPauseSeconds}`;

/** The body of POST /scaling/policies/{cluster}/pause; until it is resumed when it is left out. */
export const pauseRequest = z.strictObject(
  {
    forSeconds: z.optional(
      z
        .number(pauseExpected)
        .check(z.minimum(1, pauseExpected), z.maximum(longestPauseSeconds, pauseExpected)),
    ),
  },
  'expected an object with forSeconds, or nothing',
);

/** GET /scaling/decisions, newest first. `next` is the cursor of the next page; absent on the last one. */
export const decisionListAnswer = z.looseObject({
  decisions: z.array(decisionDocument),
  next: z.exactOptional(text),
}) satisfies z.ZodMiniType<DecisionPage>;
