import * as z from 'zod/mini';
import { PlatformRefusedError } from '../../errors.ts';

/** What the template gives each function (serverless.yml); read at the first invocation, never at import. */
const list = z.pipe(
  z.string(),
  z.transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
);

const number = z.pipe(z.string().check(z.minLength(1)), z.pipe(z.transform(Number), z.number()));

/** What every function that touches runs is given. */
const storeEnvironment = {
  STORMDRAIN_BUCKET: z.string().check(z.minLength(1)),
  /** Hosts, `*.suffix`es, addresses and CIDRs, separated by commas. */
  STORMDRAIN_ALLOWED_TARGETS: list,
  STORMDRAIN_EVENT_BUS: z.string(),
};

const fleetEnvironment = {
  STORMDRAIN_TASK_DEFINITION_ARN: z.string(),
  STORMDRAIN_CONTAINER: z.string(),
  STORMDRAIN_SECURITY_GROUPS: list,
  STORMDRAIN_ASSIGN_PUBLIC_IP: z.enum(['ENABLED', 'DISABLED']),
};

const capacityEnvironment = {
  /** Set by Lambda. */
  AWS_REGION: z.string(),
  STORMDRAIN_CLUSTER_ARN: z.string(),
  STORMDRAIN_SUBNETS: list,
  STORMDRAIN_SPOT_SHARE: z.pipe(number, z.number().check(z.maximum(1, 'not a share: 0 to 1'))),
  STORMDRAIN_SPOT_FALLBACK: z.enum(['wait', 'on-demand', 'fail']),
  STORMDRAIN_WORKER_VCPU: number,
  STORMDRAIN_WORKER_MEMORY_GIB: number,
  STORMDRAIN_WORKER_ARCHITECTURE: z.enum(['ARM64', 'X86_64']),
  STORMDRAIN_WORKER_IMAGE: z.string(),
};

const workflowVariables = { STORMDRAIN_STATE_MACHINE_ARN: z.string() };

export const surveyEnvironment = z.object(capacityEnvironment);
export type SurveyEnvironment = z.infer<typeof surveyEnvironment>;

/** The state functions, and those that stop or close runs. */
export const runEnvironment = z.object({ ...storeEnvironment, ...capacityEnvironment, ...fleetEnvironment });
export type RunEnvironment = z.infer<typeof runEnvironment>;

/** Those that start executions or look after them. */
export const workflowEnvironment = z.object(workflowVariables);

/** The API's function that looks at runs and commands them. */
export const readApiEnvironment = z.object({ ...storeEnvironment, ...workflowVariables });

/** The API's function that takes plans. */
export const submitApiEnvironment = z.object({
  ...storeEnvironment,
  ...capacityEnvironment,
  ...workflowVariables,
  STORMDRAIN_SCHEDULE_GROUP: z.string(),
  STORMDRAIN_SCHEDULE_TARGET_ARN: z.string(),
  STORMDRAIN_SCHEDULE_ROLE_ARN: z.string(),
  STORMDRAIN_SCHEDULE_QUEUE_ARN: z.string(),
});

/** The functions that drain instances and follow tasks. */
export const drainEnvironment = z.object({
  STORMDRAIN_BUCKET: z.string().check(z.minLength(1)),
  STORMDRAIN_EVENT_BUS: z.string(),
  /** Names of the clusters that are looked after. */
  STORMDRAIN_DRAIN_CLUSTERS: list,
  STORMDRAIN_DRAIN_CLUSTER_MACHINE_ARN: z.string(),
  STORMDRAIN_DRAIN_INSTANCE_MACHINE_ARN: z.string(),
  STORMDRAIN_LETTERS_URL: z.string(),
  /** `host:port` of HAProxy's runtime API, or nothing. */
  STORMDRAIN_HAPROXY: z.string(),
  STORMDRAIN_HAPROXY_DELAY_SECONDS: number,
});
export type DrainEnvironment = z.infer<typeof drainEnvironment>;

const scalingVariables = {
  STORMDRAIN_BUCKET: z.string().check(z.minLength(1)),
  /** Names of the clusters that are kept the right size. */
  STORMDRAIN_SCALING_CLUSTERS: list,
  /** Where Prometheus's API is, or nothing. */
  STORMDRAIN_PROMETHEUS_URL: z.string(),
};

/** The functions that tick clusters. */
export const scalingEnvironment = z.object({
  ...scalingVariables,
  STORMDRAIN_EVENT_BUS: z.string(),
  /** What Prometheus is asked with, or nothing. */
  STORMDRAIN_PROMETHEUS_TOKEN: z.optional(z.string()),
  /** Names of the clusters whose instances can be drained. */
  STORMDRAIN_DRAIN_CLUSTERS: list,
  STORMDRAIN_DRAIN_CLUSTER_MACHINE_ARN: z.string(),
  STORMDRAIN_DRAIN_INSTANCE_MACHINE_ARN: z.string(),
});
export type ScalingEnvironment = z.infer<typeof scalingEnvironment>;

/** Beside it, the function that hears of tasks without room. */
export const demandEnvironment = z.object({ STORMDRAIN_LETTERS_URL: z.string() });

/** The API's function that looks at policies and stores them. */
export const scalingApiEnvironment = z.object({
  ...scalingVariables,
  STORMDRAIN_SCALING_FAST_TICK: z.enum(['on', 'off']),
  /** Pools that may be changed, by name or id. */
  STORMDRAIN_SCALING_GROUPS: list,
  STORMDRAIN_SCALING_SPOT_FLEETS: list,
  STORMDRAIN_SCALING_FLEETS: list,
  /** Names of the clusters whose instances can be drained. */
  STORMDRAIN_DRAIN_CLUSTERS: list,
});

const logsVariables = {
  STORMDRAIN_BUCKET: z.string().check(z.minLength(1)),
  /** The database of Glue's catalog that holds the tables. */
  STORMDRAIN_LOGS_DATABASE: z.string().check(z.minLength(1)),
};

/** The functions that keep the catalog right, and those that compact. */
export const logsEnvironment = z.object({
  ...logsVariables,
  /** How days are found, for tables that config/logs.yml says nothing of. */
  STORMDRAIN_LOGS_MODE: z.enum(['registered', 'projection']),
  /** Likewise, for how many days logs are kept. */
  STORMDRAIN_LOGS_RETENTION_DAYS: number,
  /** Likewise, whether closed days become Parquet. */
  STORMDRAIN_LOGS_COMPACT: z.enum(['on', 'off']),
});

/** The API's function that asks. */
export const logsApiEnvironment = z.object({
  ...logsVariables,
  STORMDRAIN_QUERY_WORK_GROUP: z.string().check(z.minLength(1)),
  /** More than this no query reads: the work group ends it. */
  STORMDRAIN_QUERY_SCAN_LIMIT_BYTES: number,
  /** What brings the catalog up to date. */
  STORMDRAIN_UPDATE_PARTITIONS_MACHINE_ARN: z.string(),
});

/** Throws an error that names every variable that is missing or wrong. */
export const readEnvironment = <Environment>(schema: z.ZodMiniType<Environment>): Environment => {
  const parsed = schema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  throw new PlatformRefusedError(
    `The function's environment is not what serverless.yml gives it: ${z.prettifyError(parsed.error)}`,
  );
};

/** A worker's container: from the task definition, then from the fleet for each task, then from ECS. */
export const workerEnvironment = z.object({
  STORMDRAIN_BUCKET: z.string().check(z.minLength(1)),
  STORMDRAIN_ALLOWED_TARGETS: list,
  STORMDRAIN_RUN_ID: z.string().check(z.minLength(1)),
  /** Key of the document that names the places of this task and its siblings. */
  STORMDRAIN_PLACES: z.string().check(z.minLength(1)),
  ECS_CONTAINER_METADATA_URI_V4: z.string().check(z.minLength(1)),
});
export type WorkerEnvironment = z.infer<typeof workerEnvironment>;
