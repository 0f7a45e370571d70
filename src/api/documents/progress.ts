import * as z from 'zod/mini';
import type { RunProgress } from '../../run/run-progress.ts';
import { count, figure, latencyOrNull, outcomeField, text } from './fields.ts';

const millisOrNull = z.nullable(figure);

/** A run as it looks right now. */
export const progressDocument = z.looseObject({
  runId: text,
  phase: z.enum([
    'launching',
    'waiting for workers',
    'starting',
    'warming up',
    'running',
    'finishing',
    'ended',
  ]),
  outcome: z.exactOptional(outcomeField),
  elapsedSeconds: z.exactOptional(figure),
  durationSeconds: figure,
  asked: figure,
  model: z.enum(['open', 'closed']),
  recent: z.nullable(
    z.looseObject({
      seconds: figure,
      startedPerSecond: figure,
      completedPerSecond: figure,
      failedPerSecond: figure,
      inFlight: figure,
      p50Millis: millisOrNull,
      p99Millis: millisOrNull,
      serviceP50Millis: millisOrNull,
      serviceP99Millis: millisOrNull,
    }),
  ),
  totals: z.looseObject({
    arrivals: count,
    started: count,
    completed: count,
    failed: count,
    dropped: count,
    response: latencyOrNull,
    service: latencyOrNull,
  }),
  workers: z.looseObject({ wanted: count, ready: count, lost: count }),
  rateScale: figure,
  ending: z.exactOptional(z.looseObject({ by: z.enum(['stop', 'abort']), reason: text })),
}) satisfies z.ZodMiniType<RunProgress>;
