import * as z from 'zod/mini';

const instant = z.number();

const recommendation = z.object({ atMillis: instant, tasks: z.number() });

export const serviceMemory = z.object({
  /** How many ran, at each tick of the last while: turns an average over tasks into demand. Ascending. */
  counts: z.array(z.object({ atMillis: instant, running: z.number() })),
  /** What was recommended lately, before cooldowns and stabilisation. Ascending. */
  recommendations: z.array(recommendation),
  lastOutMillis: z.nullable(instant),
  lastInMillis: z.nullable(instant),
  /** The desired count that was last set here; null before that. Another one now was set by somebody else. */
  lastSet: z.nullable(z.number()),
  /** Since when it wants more tasks than it has; null when it doesn't. */
  unplacedSinceMillis: z.nullable(instant),
  /** Since when deployments were seen to roll without a tick between them that saw none; absent when none does. */
  deployingSinceMillis: z.optional(instant),
});

export type ServiceMemory = z.infer<typeof serviceMemory>;

const instanceSize = z.object({
  cpu: z.number(),
  memoryMib: z.number(),
  gpus: z.number(),
  taskEnis: z.nullable(z.number()),
  attributes: z.record(z.string(), z.string()),
});

export const capacityMemory = z.object({
  lastOutMillis: z.nullable(instant),
  lastInMillis: z.nullable(instant),
  /** By instance id: since when its tasks would fit elsewhere. */
  unneededSince: z.record(z.string(), instant),
  /** By pool: units that it hasn't launched yet, and since when it owes them, ascending; what doesn't come for long isn't waited for. */
  owed: z.record(z.string(), z.array(z.object({ sinceMillis: instant, units: z.number() }))),
  /** By instance id, of members that ECS doesn't know yet: since when they are. */
  startingSince: z.record(z.string(), instant),
  /** By pool: what its instances were seen to offer, for when there are none. */
  learnedSizes: z.record(z.string(), z.object({ type: z.string(), weight: z.number(), size: instanceSize })),
  /** Drains that were asked for here, by instance id. */
  drains: z.record(
    z.string(),
    z.object({
      /** Empty until the drain was seen in the leaving document. */
      drainId: z.string(),
      pool: z.string(),
      weight: z.number(),
      askedAtMillis: instant,
      /** An earlier drain of the same instance, of which the leaving document still told when this one was asked for. */
      earlierDrainId: z.optional(z.string()),
      /** The pool's target that its termination was to leave; a target that low has fallen for it already. */
      loweredToUnits: z.optional(z.number()),
    }),
  ),
  /** By instance id: its tasks were read and can't go elsewhere; until when they aren't read again. */
  passedOverUntil: z.record(z.string(), instant),
  /** Of groups whose tasks fit no instance type: said once, not at each tick. */
  reportedUnfit: z.array(z.string()),
});

export type CapacityMemory = z.infer<typeof capacityMemory>;

/**
 * `state/scaling/<cluster>.json`: what a tick must know of those before it. Compared and set once by each tick, before it
 * carries anything out, so that of two ticks at once one decides nothing.
 */
export const scalingMemory = z.object({
  version: z.literal(1),
  cluster: z.string(),
  /** When the last tick decided. */
  tickedAtMillis: z.nullable(instant),
  services: z.record(z.string(), serviceMemory),
  capacity: capacityMemory,
  /** When the last tick decided that the schedule asked for: those that events ask for don't delay it. */
  scheduledAtMillis: z.optional(instant),
  /** Names of all services of the cluster, as they were listed then. */
  listing: z.optional(z.object({ atMillis: instant, services: z.array(z.string()) })),
  /** By subject: the reason that was logged last, so that only changes are. */
  lastReasons: z.optional(z.record(z.string(), z.string())),
});

export type ScalingMemory = z.infer<typeof scalingMemory>;

export const memoryKey = (cluster: string): string => `state/scaling/${cluster}.json`;

export const newServiceMemory = (): ServiceMemory => ({
  counts: [],
  recommendations: [],
  lastOutMillis: null,
  lastInMillis: null,
  lastSet: null,
  unplacedSinceMillis: null,
});

export const newMemory = (cluster: string): ScalingMemory => ({
  version: 1,
  cluster,
  tickedAtMillis: null,
  services: {},
  capacity: {
    lastOutMillis: null,
    lastInMillis: null,
    unneededSince: {},
    owed: {},
    startingSince: {},
    learnedSizes: {},
    drains: {},
    passedOverUntil: {},
    reportedUnfit: [],
  },
});
