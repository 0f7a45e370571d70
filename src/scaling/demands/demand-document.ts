import * as z from 'zod/mini';

const request = z.object({
  group: z.string(),
  taskId: z.string(),
  cpu: z.number(),
  memoryMib: z.number(),
  heardAtMillis: z.number(),
});

/**
 * `state/scaling/requests/<cluster>.json`: what was heard of tasks that found no room. Compared and set by everybody who
 * hears of one, read by ticks.
 */
export const demandDocument = z.object({
  version: z.literal(1),
  cluster: z.string(),
  /** RunTask failures, each once; ascending by when they were heard of. */
  requests: z.array(request),
  /** By service: when ECS last said that it could not place its tasks. */
  placementFailures: z.record(z.string(), z.number()),
});

export type DemandDocument = z.infer<typeof demandDocument>;

export const demandKey = (cluster: string): string => `state/scaling/requests/${cluster}.json`;
