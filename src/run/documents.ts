import * as z from 'zod/mini';

/** The documents of a run. Each carries `version: 1`; readers refuse what they don't know. */
const version = z.literal(1);
const positive = z.number().check(z.positive());
const nonnegative = z.number().check(z.nonnegative());
const positiveInt = z.int().check(z.positive());
const nonnegativeInt = z.int().check(z.nonnegative());
const place = { shard: nonnegativeInt, attempt: nonnegativeInt };

const epoch = z.object({
  fromInstant: nonnegative,
  firstArrival: nonnegativeInt,
  shardCount: positiveInt,
  rateScale: nonnegative,
});

/** How fast everything about a run goes. Chosen once, by `planTiming`, and kept with the run. */
export const runTiming = z.object({
  observeSeconds: positiveInt,
  /** Between two looks at workers that start. */
  readyWaitSeconds: positiveInt,
  segmentSeconds: positive,
  pollMillis: positive,
  leaseSeconds: positive,
  /** From "all are ready" to the start instant. */
  startLeadMillis: positive,
  /** From a command to its epoch: at least two polls. */
  changeLeadSeconds: positive,
  /** A worker that ships nothing for so long is taken for lost. */
  silentSeconds: positive,
  /** How long requests under way may take after a stop. */
  stopGraceSeconds: nonnegative,
});
export type RunTiming = z.infer<typeof runTiming>;

/** `control.json`: changes only by command or by the orchestrator, always by compare-and-set; workers poll it. */
export const controlDocument = z.object({
  version,
  runId: z.string(),
  timing: runTiming,
  /** Milliseconds since the Unix epoch; absent until StartRun. */
  startAtMillis: z.optional(z.number()),
  epochs: z.array(epoch).check(z.minLength(1)),
  /** Workers asked for by command; the orchestrator launches or releases, then appends the epoch. */
  wantedWorkers: positiveInt,
  /** Once set, the newest epoch has rate scale 0. */
  stop: z.optional(
    z.object({
      reason: z.string(),
      requestedAt: z.string(),
      /** Set when it was no command but a condition of the plan's `abortOn`. */
      abort: z.optional(z.object({ condition: z.string(), atSeconds: nonnegative })),
    }),
  ),
});
export type ControlDocument = z.infer<typeof controlDocument>;

/** `lease.json`: renewed by every step of the orchestrator. Its etag changing is the sign of life. */
export const leaseDocument = z.object({
  version,
  runId: z.string(),
  renewedAt: z.string(),
  leaseSeconds: positive,
});

/** A worker says that it has its shard and can start. */
export const helloDocument = z.object({
  version,
  runId: z.string(),
  ...place,
  pid: z.int(),
  at: z.string(),
  /** How many epochs it had read: it leaves at the first later one that excludes its shard. */
  epochs: positiveInt,
  /** How far its clock may be off. */
  clockBoundMillis: nonnegative,
});
export type HelloDocument = z.infer<typeof helloDocument>;

/** A worker says that it has ended, why, and how many segments it has shipped. */
export const exitDocument = z.object({
  version,
  runId: z.string(),
  ...place,
  at: z.string(),
  segments: nonnegativeInt,
  /** `plan refused`: the plan can't be carried out, by nobody. */
  reason: z.enum([
    'finished',
    'released',
    'stopped',
    'interrupted',
    'lease expired',
    'plan refused',
    'error',
  ]),
  detail: z.optional(z.string()),
});
export type ExitDocument = z.infer<typeof exitDocument>;

/** `roster.json`: who works on the run, by shard and attempt; written by the orchestrator by compare-and-set. */
export const rosterDocument = z.object({
  version,
  runId: z.string(),
  /** Its workers are being stopped: from now on nobody launches another. */
  closing: z.optional(z.boolean()),
  workers: z.array(
    z.object({
      ...place,
      workerId: z.nullable(z.string()),
      /** What it runs on, once it was launched. */
      capacity: z.optional(z.enum(['spot', 'on-demand'])),
      pid: z.nullable(z.int()),
      state: z.enum(['launching', 'ready', 'finished', 'released', 'stopped', 'lost']),
      launchedAt: z.string(),
      readyAt: z.nullable(z.string()),
      endedAt: z.nullable(z.string()),
      /** When something of it was last seen: its hello or a segment. */
      seenAt: z.string(),
      clockBoundMillis: nonnegative,
      /** From its hello: how many epochs it had read. */
      epochs: z.nullable(positiveInt),
      /** From its exit: how many segments there must be. */
      segments: z.nullable(z.int()),
      reason: z.nullable(z.string()),
    }),
  ),
});
export type RosterDocument = z.infer<typeof rosterDocument>;
export type RosterEntry = RosterDocument['workers'][number];

/** One entry of the list of runs, `runs/index/…`. */
export const indexDocument = z.object({
  version,
  runId: z.string(),
  name: z.string(),
  target: z.string(),
  createdAt: z.string(),
});

/** `capacity.json`: what the platform's survey said when the run was planned, so that nobody who observes needs to ask again. */
export const capacityDocument = z.object({
  version,
  runId: z.string(),
  /** US dollars an hour; null where load costs nothing. */
  price: z.nullable(
    z.object({
      onDemandPerHourUsd: nonnegative,
      spotPerHourUsd: nonnegative,
      minimumSeconds: nonnegative,
    }),
  ),
  /** The platform's own choice, for plans that say nothing. */
  spot: z.object({ share: nonnegative, fallback: z.enum(['wait', 'on-demand', 'fail']) }),
});
export type CapacityDocument = z.infer<typeof capacityDocument>;

/** `idempotency/<sha256 of the key>.json`: which run a key stands for, and of which request. */
export const idempotencyDocument = z.object({
  version,
  runId: z.string(),
  /** SHA-256 of the request, hex. */
  request: z.string(),
  createdAtMillis: z.number(),
});
