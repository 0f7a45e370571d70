import * as z from 'zod/mini';

const lifecycle = z.object({
  autoScalingGroupName: z.string(),
  lifecycleHookName: z.string(),
  lifecycleActionToken: z.string(),
  instanceId: z.string(),
});

export const notice = z.object({
  instanceId: z.string(),
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
  noticedAtMillis: z.number(),
  deadlineMillis: z.nullable(z.number()),
  lifecycle: z.optional(lifecycle),
  detail: z.optional(z.string()),
});

const leavingInstance = z.object({
  instanceId: z.string(),
  /** `<instanceId>-<seconds since the epoch, base 36>`: of this drain; the same instance may be drained again later. */
  drainId: z.string(),
  /** `hurried`: minutes are left; the cluster's coordinator sees to it. `unhurried`: a state machine of its own does. */
  pace: z.enum(['hurried', 'unhurried']),
  /** The earliest that any notice gave. */
  deadlineMillis: z.nullable(z.number()),
  /** When it was first heard of here. */
  heardAtMillis: z.number(),
  /** As it was when it was first heard of: where to begin before the cluster is asked again. */
  containerInstanceArn: z.optional(z.string()),
  /** Each cause's newest. */
  notices: z.array(notice),
  /** An operator took the drain back: the instance becomes ACTIVE again. */
  cancelledAtMillis: z.optional(z.number()),
  /** Who did. */
  cancelledBy: z.optional(z.string()),
  /** Nothing is left to do; the entry stays for a while, so that late duplicates are known. */
  endedAtMillis: z.optional(z.number()),
  /** How and when the drain of this instance before this one was over, if one is known: its late duplicates are no news. */
  previous: z.optional(
    z.object({ how: z.enum(['ended', 'cancelled']), atMillis: z.number(), by: z.optional(z.string()) }),
  ),
});

/**
 * `state/leaving/<cluster>.json`: which instances of a cluster are going away. Small, compared and set by everybody who
 * hears of one, by the coordinator, and read by whoever scales the cluster. What is done about it is in the progress document.
 */
export const leavingDocument = z.object({
  version: z.literal(1),
  /** Its name. */
  cluster: z.string(),
  /** Grows when a new coordinator must look: each generation has one. */
  generation: z.number(),
  /** Until when the coordinator of this generation is believed to be at work; milliseconds since the epoch. */
  leasedUntilMillis: z.number(),
  instances: z.record(z.string(), leavingInstance),
});

export type LeavingDocument = z.infer<typeof leavingDocument>;
export type LeavingInstance = z.infer<typeof leavingInstance>;

export const leavingKey = (cluster: string): string => `state/leaving/${cluster}.json`;
