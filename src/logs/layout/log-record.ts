/**
 * A line of a log object: what FireLens (Fluent Bit) writes for each line of a container, and what this machine's workers and
 * samples write for theirs. JSON, one object a line, in gzip. Fields beside these are kept and can be asked for.
 */
export interface LogRecord {
  /** ISO 8601 in UTC, of when the line was written: `2026-11-21T22:33:44.123456Z`. */
  readonly time: string;
  readonly log: string;
  readonly source: 'stdout' | 'stderr';
  readonly container_id: string;
  readonly container_name: string;
  readonly ecs_cluster: string;
  readonly ecs_task_arn: string;
  /** `family:revision`. */
  readonly ecs_task_definition: string;
  readonly ec2_instance_id?: string;
}

/** Its text fields, in the order of the tables' columns, after `time` and `log`. */
export const recordFields = [
  'source',
  'container_id',
  'container_name',
  'ecs_cluster',
  'ecs_task_arn',
  'ecs_task_definition',
  'ec2_instance_id',
] as const;
