import * as z from 'zod/mini';
import type { ClusterCheck } from '../../drain/operator/decide-drain-risks.ts';
import type { DrainRisk } from '../../drain/operator/risks/drain-risk.ts';
import type { DrainRecord } from '../../drain/records/drain-record.ts';
import type { StopTaskStep } from '../../drain/targets/stop-task.ts';
import type { DrainListEntry, RequestedDrain } from '../../platform/ports/drain-api.ts';
import { count, figure, text } from './fields.ts';

export const mostDrainsListed = 100;
/** A week. */
const longestDeadlineSeconds = 604_800;

/** Milliseconds since the epoch. */
const millis = figure;
const millisOrNull = z.nullable(millis);

const outcomes = ['running', 'empty', 'gone', 'taken-back', 'abandoned'] as const;

export const drainListEntryDocument = z.looseObject({
  drainId: text,
  instanceId: text,
  /** Empty when its record can't be read. */
  cluster: text,
  heardAtMillis: millis,
  outcome: z.enum([...outcomes, 'unknown']),
  marginSeconds: z.nullable(figure),
  missed: count,
}) satisfies z.ZodMiniType<DrainListEntry>;

/** GET /drains?limit=&cursor=, newest first. `next` is the cursor of the next page; absent on the last one. */
export const drainListAnswer = z.looseObject({
  drains: z.array(drainListEntryDocument),
  next: z.exactOptional(text),
});

export const drainNoticeDocument = z.looseObject({
  instanceId: text,
  cause: z.enum([
    'spot-terminate',
    'spot-stop',
    'spot-hibernate',
    'rebalance',
    'stopping',
    'gone',
    'lifecycle',
    'health',
    'operator',
  ]),
  noticedAtMillis: millis,
  deadlineMillis: millisOrNull,
  lifecycle: z.optional(
    z.looseObject({
      autoScalingGroupName: text,
      lifecycleHookName: text,
      lifecycleActionToken: text,
      instanceId: text,
    }),
  ),
  /** Who asked, or what AWS calls the event. */
  detail: z.optional(text),
});

/** GET /drains/{id}. */
export const drainDocument = z.looseObject({
  version: z.literal(1),
  drainId: text,
  instanceId: text,
  cluster: text,
  outcome: z.enum(outcomes),
  notices: z.array(drainNoticeDocument),
  /** Absent for a drain that nobody took back. `by` is who did, where that is known. */
  takenBack: z.optional(z.looseObject({ atMillis: millis, by: z.optional(text) })),
  heardAtMillis: millis,
  deadlineMillis: millis,
  endedAtMillis: millisOrNull,
  /** When each ended; null for what wasn't reached. */
  steps: z.looseObject({
    found: millisOrNull,
    draining: millisOrNull,
    listed: millisOrNull,
    deregistered: millisOrNull,
    verified: millisOrNull,
    lastStop: millisOrNull,
    empty: millisOrNull,
  }),
  marginSeconds: z.nullable(figure),
  tasks: z.looseObject({ seen: count, stopped: count, stopAsked: count }),
  groups: z.array(z.looseObject({ group: text, targets: count })),
  requestsInFlight: z.nullable(figure),
  missed: z.array(text),
}) satisfies z.ZodMiniType<DrainRecord>;

const instanceExpected = 'expected the id of an EC2 instance: i- and 8 or 17 hexadecimal digits';
const deadlineExpected = `expected seconds from 1 to ${longestDeadlineSeconds}`;

/** The body of POST /drains. Without a deadline there is no hurry. */
export const drainRequest = z.strictObject(
  {
    instanceId: z.string(instanceExpected).check(z.regex(/^i-([0-9a-f]{8}|[0-9a-f]{17})$/, instanceExpected)),
    deadlineSeconds: z.optional(
      z
        .number(deadlineExpected)
        .check(z.minimum(1, deadlineExpected), z.maximum(longestDeadlineSeconds, deadlineExpected)),
    ),
  },
  'expected an object with instanceId, and deadlineSeconds where there is hurry',
);

export const requestedDrainAnswer = z.looseObject({
  drainId: text,
  cluster: text,
  pace: z.enum(['hurried', 'unhurried']),
  created: z.boolean(),
}) satisfies z.ZodMiniType<RequestedDrain>;

/** POST /drains/{id}/cancel; GET /drains/{id} shows when the instance is back. */
export const drainAcceptedAnswer = z.looseObject({ drainId: text });

export const drainRiskDocument = z.looseObject({
  severity: z.enum(['error', 'warning', 'note']),
  kind: text,
  what: text,
  where: text,
  why: text,
  fix: text,
}) satisfies z.ZodMiniType<DrainRisk>;

/** GET /clusters/{cluster}/drain-check, worst first. */
export const clusterCheckAnswer = z.looseObject({
  cluster: text,
  checkedAtMillis: millis,
  seen: z.looseObject({ instances: count, tasks: count, services: count, groups: count }),
  risks: z.array(drainRiskDocument),
}) satisfies z.ZodMiniType<ClusterCheck>;

/** "Up to 255 characters are allowed in this message", as the API of StopTask says. */
export const longestReason = 255;
const reasonExpected = `expected 1 to ${longestReason} characters`;

/** The body of POST /clusters/{cluster}/tasks/{task}/stop; it may be left out. */
export const taskStopRequest = z.strictObject(
  {
    reason: z.optional(
      z
        .string('expected text')
        .check(z.minLength(1, reasonExpected), z.maxLength(longestReason, reasonExpected)),
    ),
  },
  'expected an object with reason, or nothing',
);

/** One step: ask again until its stage is `stopped`, after `waitMillis`. */
export const taskStopAnswer = z.looseObject({
  stage: z.enum(['deregistering', 'settling', 'in-flight', 'stopped']),
  inFlight: z.nullable(figure),
  waitMillis: figure,
}) satisfies z.ZodMiniType<StopTaskStep>;
