import { z } from 'zod';

/** The documents of a run. Each carries `version: 1`; readers refuse what they don't know. */
const version = z.literal(1);
const place = { shard: z.number().int().nonnegative(), attempt: z.number().int().nonnegative() };

const epoch = z.object({
  fromInstant: z.number().nonnegative(),
  firstArrival: z.number().int().nonnegative(),
  shardCount: z.number().int().positive(),
  rateScale: z.number().nonnegative(),
});

/** How fast everything about a run goes. Chosen once, by `planTiming`, and kept with the run. */
export const runTiming = z.object({
  observeSeconds: z.number().int().positive(),
  /** Between two looks at workers that start. */
  readyWaitSeconds: z.number().int().positive(),
  segmentSeconds: z.number().positive(),
  pollMillis: z.number().positive(),
  leaseSeconds: z.number().positive(),
  /** From "all are ready" to the start instant. */
  startLeadMillis: z.number().positive(),
  /** From a command to its epoch: at least two polls. */
  changeLeadSeconds: z.number().positive(),
  /** A worker that ships nothing for so long is taken for lost. */
  silentSeconds: z.number().positive(),
  /** How long requests under way may take after a stop. */
  stopGraceSeconds: z.number().nonnegative(),
});
export type RunTiming = z.infer<typeof runTiming>;

/** `control.json`: changes only by command or by the orchestrator, always by compare-and-set; workers poll it. */
export const controlDocument = z.object({
  version,
  runId: z.string(),
  timing: runTiming,
  /** Milliseconds since the Unix epoch; absent until StartRun. */
  startAtMillis: z.number().optional(),
  epochs: z.array(epoch).min(1),
  /** Workers asked for by command; the orchestrator launches or releases, then appends the epoch. */
  wantedWorkers: z.number().int().positive(),
  /** Once set, the newest epoch has rate scale 0. */
  stop: z
    .object({
      reason: z.string(),
      requestedAt: z.string(),
      /** Set when it was no command but a condition of the plan's `abortOn`. */
      abort: z.object({ condition: z.string(), atSeconds: z.number().nonnegative() }).optional(),
    })
    .optional(),
});
export type ControlDocument = z.infer<typeof controlDocument>;

/** `lease.json`: renewed by every step of the orchestrator. Its etag changing is the sign of life. */
export const leaseDocument = z.object({
  version,
  runId: z.string(),
  renewedAt: z.string(),
  leaseSeconds: z.number().positive(),
});

/** A worker says that it has its shard and can start. */
export const helloDocument = z.object({
  version,
  runId: z.string(),
  ...place,
  pid: z.number().int(),
  at: z.string(),
  /** How many epochs it had read: it leaves at the first later one that excludes its shard. */
  epochs: z.number().int().positive(),
  /** How far its clock may be off. */
  clockBoundMillis: z.number().nonnegative(),
});
export type HelloDocument = z.infer<typeof helloDocument>;

/** A worker says that it has ended, why, and how many segments it has shipped. */
export const exitDocument = z.object({
  version,
  runId: z.string(),
  ...place,
  at: z.string(),
  segments: z.number().int().nonnegative(),
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
  detail: z.string().optional(),
});
export type ExitDocument = z.infer<typeof exitDocument>;

/** `roster.json`: who works on the run, by shard and attempt; written by the orchestrator by compare-and-set. */
export const rosterDocument = z.object({
  version,
  runId: z.string(),
  workers: z.array(
    z.object({
      ...place,
      workerId: z.string().nullable(),
      pid: z.number().int().nullable(),
      state: z.enum(['launching', 'ready', 'finished', 'released', 'stopped', 'lost']),
      launchedAt: z.string(),
      readyAt: z.string().nullable(),
      endedAt: z.string().nullable(),
      /** When something of it was last seen: its hello or a segment. */
      seenAt: z.string(),
      clockBoundMillis: z.number().nonnegative(),
      /** From its hello: how many epochs it had read. */
      epochs: z.number().int().positive().nullable(),
      /** From its exit: how many segments there must be. */
      segments: z.number().int().nullable(),
      reason: z.string().nullable(),
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
