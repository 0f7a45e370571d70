import * as z from 'zod/mini';

const taskEvent = z.object({
  source: z.literal('aws.ecs'),
  'detail-type': z.literal('ECS Task State Change'),
  detail: z.object({
    clusterArn: z.string().check(z.regex(/^arn:[^:]+:ecs:[^:]*:[^:]*:cluster\/[^/]+$/)),
    taskArn: z.string().check(z.regex(/^arn:[^:]+:ecs:[^:]*:[^:]*:task\//)),
    lastStatus: z.string(),
    desiredStatus: z.string(),
    version: z.int(),
    group: z.optional(z.string()),
  }),
});

export interface TaskNews {
  readonly kind: 'task';
  /** Its name. */
  readonly cluster: string;
  readonly taskArn: string;
  readonly version: number;
  /** `leaving`: it stops, or somebody wants it to. */
  readonly phase: 'running' | 'leaving';
  /** Nothing of it runs any more. */
  readonly hasStopped: boolean;
}

export type TaskEvent =
  | TaskNews
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const leavingStatuses = ['DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED'];

/**
 * Reads an "ECS Task State Change" as EventBridge sends it. The event carries neither tags nor, in bridge mode, the
 * instance's address: only that something happened, and in which order.
 */
export const parseTaskEvent = (body: string): TaskEvent => {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    return { kind: 'unreadable', reason: `The message is not JSON: ${String(error)}` };
  }
  const parsed = taskEvent.safeParse(json);
  if (!parsed.success) {
    return {
      kind: 'unreadable',
      reason: `The message is no "ECS Task State Change" of aws.ecs: ${z.prettifyError(parsed.error)}`,
    };
  }
  const { clusterArn, taskArn, lastStatus, desiredStatus, version, group } = parsed.data.detail;
  if (group?.startsWith('service:')) {
    return { kind: 'ignored', reason: `Of ${group}: ECS registers the tasks of services` };
  }
  const isLeaving = desiredStatus === 'STOPPED' || leavingStatuses.includes(lastStatus);
  if (!isLeaving && lastStatus !== 'RUNNING') {
    return { kind: 'ignored', reason: `The task is ${lastStatus}: another event tells when it runs` };
  }
  const cluster = clusterArn.slice(clusterArn.lastIndexOf('/') + 1);
  return {
    kind: 'task',
    cluster,
    taskArn,
    version,
    phase: isLeaving ? 'leaving' : 'running',
    hasStopped: lastStatus === 'STOPPED',
  };
};
