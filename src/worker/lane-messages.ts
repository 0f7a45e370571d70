import * as z from 'zod';
import type { Plan } from '../plan/plan.ts';
import { tallyDocument } from '../stats/tally-document.ts';

/*
 * What goes between a worker and its engine threads. Both ends are of one version; what is checked is that a message
 * is one of these.
 */

const count = z.number().int().nonnegative();
const lane = z.object({ index: count, of: z.number().int().positive() });
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const epoch = z.object({
  fromInstant: z.number(),
  firstArrival: count,
  shardCount: z.number().int().positive(),
  rateScale: z.number().nonnegative(),
});

/** What a lane is made of. */
export const laneSetup = z.object({
  /** The lane's own: limits of a worker are shared out already. */
  plan: z.custom<Plan>((value) => typeof value === 'object' && value !== null && 'scenarios' in value),
  worker: z.object({ shard: count, attempt: count }),
  lane,
  /** The bytes of data files and of every other file the plan refers to, by `upload`. */
  uploads: z.map(z.string(), bytes),
  allowedTargets: z.array(z.string()),
});
export type LaneSetup = z.infer<typeof laneSetup>;

const rows = z.object({ from: count, count });

/** From the worker to an engine thread. */
export const laneOrder = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    startsAtMicros: z.number(),
    epochs: z.array(epoch),
    fromMicros: z.number(),
  }),
  z.object({ kind: z.literal('epochs'), epochs: z.array(epoch) }),
  z.object({ kind: z.literal('release') }),
  z.object({ kind: z.literal('stop'), graceMillis: z.number() }),
  z.object({ kind: z.literal('look') }),
  z.object({ kind: z.literal('cut') }),
  z.object({
    kind: z.literal('claimed'),
    claim: count,
    result: z.union([z.strictObject({ rows: rows.optional() }), z.strictObject({ failed: z.string() })]),
  }),
]);
export type LaneOrder = z.infer<typeof laneOrder>;

/** From an engine thread to the worker. Each `look` and each `cut` is answered, in their order. */
export const laneReport = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('looked'), sockets: count }),
  z.object({ kind: z.literal('cut'), tally: tallyDocument }),
  z.object({ kind: z.literal('claim'), claim: count, scenario: z.string() }),
  z.object({ kind: z.literal('finished') }),
  z.object({ kind: z.literal('failed'), failed: z.string(), planRefused: z.literal(true).optional() }),
]);
export type LaneReport = z.infer<typeof laneReport>;
