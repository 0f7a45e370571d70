import * as z from 'zod/mini';
import type { RunSummary } from '../../run/summary.ts';
import { count, figure, instant, latencyOrNull, outcomeField, text } from './fields.ts';

const instantOrNull = z.nullable(instant);

const requestCounts = z.looseObject({
  scheduled: count,
  started: count,
  completed: count,
  failed: count,
  dropped: count,
  missed: count,
  unfinished: count,
});

const warmupCounts = z.looseObject({
  seconds: figure,
  scheduled: count,
  completed: count,
  failed: count,
  dropped: count,
});

const stepSummary = z.looseObject({
  name: text,
  completed: count,
  failed: count,
  latencyMillis: z.looseObject({ response: latencyOrNull, service: latencyOrNull, failed: latencyOrNull }),
});

const thresholdResult = z.looseObject({
  text,
  value: z.nullable(figure),
  met: z.boolean(),
  population: text,
  count,
});

const verdict = z.looseObject({
  valid: z.boolean(),
  reasons: z.array(text),
  warnings: z.array(text),
  checks: z.array(z.looseObject({ name: text, limit: figure, value: figure, unit: text, met: z.boolean() })),
});

const generator = z.looseObject({
  cpuSeconds: figure,
  requestsPerCpuSecond: figure,
  peakCpuFraction: figure,
  eventLoopLagMaxMillis: figure,
  gc: z.looseObject({ totalMillis: figure, longestMillis: figure }),
  peakMemoryBytes: figure,
  peakSockets: count,
  spinCpuSeconds: z.nullable(figure),
  threads: z.array(
    z.looseObject({
      worker: text,
      thread: count,
      cpuSeconds: figure,
      measuredBy: z.enum(['cpu', 'event loop']),
    }),
  ),
  sendLagMillis: z.nullable(z.looseObject({ p50: figure, p99: figure, max: figure })),
});

const workerSummary = z.looseObject({
  shard: count,
  attempt: count,
  pid: z.nullable(z.int()),
  state: z.enum(['finished', 'released', 'stopped', 'lost', 'unknown']),
  startedAt: instantOrNull,
  endedAt: instantOrNull,
  replacedBy: z.nullable(count),
  reason: z.nullable(text),
});

/** What a run came to: `runs/<runId>/summary.json`. */
export const summaryDocument = z.looseObject({
  version: z.literal(1),
  runId: text,
  outcome: outcomeField,
  plan: z.looseObject({ name: text, target: text }),
  startedAt: instantOrNull,
  durationSeconds: figure,
  requests: requestCounts,
  warmup: z.nullable(warmupCounts),
  rate: z.looseObject({ offered: figure, achieved: figure }),
  latencyMillis: z.looseObject({ response: latencyOrNull, service: latencyOrNull, connect: latencyOrNull }),
  corrected: z.boolean(),
  steps: z.array(stepSummary),
  errors: z.array(z.looseObject({ kind: text, step: text, count, example: text })),
  drops: z.array(z.looseObject({ reason: text, count })),
  thresholds: z.array(thresholdResult),
  verdict,
  generator,
  workers: z.array(workerSummary),
  changes: z.array(z.looseObject({ atSeconds: figure, shardCount: count, rateScale: figure })),
  timeline: z.nullable(text),
}) satisfies z.ZodMiniType<RunSummary>;
