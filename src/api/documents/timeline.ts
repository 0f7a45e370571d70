import * as z from 'zod/mini';
import type { TimelinePage } from '../../platform/ports/run-api.ts';
import type { TimelineRow } from '../../stats/timeline.ts';
import { count, figure, instant, latencyOrNull, text } from './fields.ts';

const countOrNull = z.nullable(count);
const figureOrNull = z.nullable(figure);
const textOrNull = z.nullable(text);

export const timelineRowDocument = z.looseObject({
  run_id: text,
  time: instant,
  second: count,
  step: textOrNull,
  warmup: z.boolean(),
  scheduled: figureOrNull,
  arrived: countOrNull,
  dropped: countOrNull,
  missed: figureOrNull,
  started: countOrNull,
  completed: count,
  failed: count,
  in_flight: countOrNull,
  bytes_sent: countOrNull,
  bytes_received: countOrNull,
  response_millis: latencyOrNull,
  service_millis: latencyOrNull,
  shard_count: countOrNull,
  rate_scale: figureOrNull,
  generator_cpu_fraction: figureOrNull,
  generator_loop_lag_millis: figureOrNull,
  host: textOrNull,
  container: textOrNull,
  app: textOrNull,
}) satisfies z.ZodMiniType<TimelineRow>;

/** GET /runs/{id}/timeline: ask again with `after` = `nextSecond` until it is complete. */
export const timelineAnswer = z.looseObject({
  rows: z.array(timelineRowDocument),
  nextSecond: count,
  complete: z.boolean(),
}) satisfies z.ZodMiniType<TimelinePage>;
