import * as z from 'zod/mini';
import type { ScalingPolicy } from '../policy/scaling-policy.ts';

/** The compiled policy as it is stored: a tick doesn't read YAML. Its meaning is in scaling-policy.ts. */

const number = z.number();
const nullable = z.nullable(number);
const textsByName = z.record(z.string(), z.string());

const instanceType = z.object({
  type: z.string(),
  weight: number,
  pricePerHourUsd: nullable,
  cpu: number,
  memoryMib: number,
  gpus: number,
  taskEnis: nullable,
  attributes: textsByName,
});

const pool = z.object({
  name: z.string(),
  kind: z.enum(['autoScalingGroup', 'spotFleet', 'ec2Fleet']),
  id: z.string(),
  share: number,
  minimum: number,
  maximum: number,
  instanceTypes: z.array(instanceType),
});

const floor = z.object({ cron: z.string(), timezone: z.string(), seconds: number, minimum: number });

const capacity = z.object({
  pools: z.array(pool),
  minimum: number,
  maximum: number,
  reservation: z.object({ cpuPercent: nullable, memoryPercent: nullable }),
  headroom: z.array(z.object({ count: number, cpu: number, memoryMib: number })),
  unplacedGraceSeconds: number,
  requestSeconds: number,
  bootSeconds: number,
  floors: z.array(floor),
  scaleIn: z.nullable(
    z.object({
      unneededSeconds: number,
      afterOutSeconds: number,
      mostAtOnce: number,
      marginPercent: number,
    }),
  ),
});

const perTask = z.literal('task');
const perAny = z.enum(['task', 'total']);

const metric = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cpu'), per: perTask, periodSeconds: number }),
  z.object({ kind: z.literal('memory'), per: perTask, periodSeconds: number }),
  z.object({
    kind: z.literal('requestsPerTarget'),
    per: perTask,
    periodSeconds: number,
    targetGroup: z.string(),
  }),
  z.object({
    kind: z.literal('queueDepth'),
    per: z.literal('total'),
    periodSeconds: number,
    queue: z.string(),
    inWorkPerTask: number,
  }),
  z.object({
    kind: z.literal('cloudWatch'),
    per: perAny,
    periodSeconds: number,
    namespace: z.string(),
    name: z.string(),
    dimensions: textsByName,
    statistic: z.string(),
  }),
  z.object({ kind: z.literal('prometheus'), per: perAny, periodSeconds: number, query: z.string() }),
]);

const step = z.object({ threshold: number, tasks: number });

const rule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('track'), metric, target: number, tolerance: number }),
  z.object({
    kind: z.literal('steps'),
    metric,
    above: z.array(step),
    below: z.array(step),
    outPeriods: number,
    inPeriods: number,
  }),
]);

const direction = z.object({
  cooldownSeconds: number,
  stabilisationSeconds: number,
  mostTasks: nullable,
  mostPercent: nullable,
});

const service = z.object({
  service: z.string(),
  minimum: number,
  maximum: number,
  rules: z.array(rule),
  out: direction,
  in: direction,
  staleSeconds: number,
  floors: z.array(floor),
});

export const compiledPolicy: z.ZodMiniType<ScalingPolicy> = z.object({
  version: z.literal(1),
  cluster: z.string(),
  everySeconds: number,
  paused: z.boolean(),
  dryRun: z.boolean(),
  capacity: z.nullable(capacity),
  services: z.array(service),
});
