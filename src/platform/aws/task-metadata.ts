import * as z from 'zod/mini';
import { ServiceUnavailableError } from '../../errors.ts';

/**
 * Part of what `${ECS_CONTAINER_METADATA_URI_V4}/task` answers (ECS developer guide, "Task metadata endpoint version 4"):
 *
 *     { "TaskARN": "arn:aws:ecs:…:task/…", "LaunchType": "FARGATE", "AvailabilityZone": "us-east-1a",
 *       "Limits": { "CPU": 1, "Memory": 2048 },
 *       "ClockDrift": { "ClockErrorBound": 0.55, "ReferenceTimestamp": "…", "ClockSynchronizationStatus": "SYNCHRONIZED" } }
 */
const taskDocument = z.object({
  TaskARN: z.string(),
  LaunchType: z.optional(z.string()),
  AvailabilityZone: z.optional(z.string()),
  Limits: z.optional(z.object({ CPU: z.optional(z.number()), Memory: z.optional(z.number()) })),
  ClockDrift: z.optional(
    z.object({
      ClockErrorBound: z.optional(z.number().check(z.nonnegative())),
      ClockSynchronizationStatus: z.optional(z.string()),
    }),
  ),
});

export interface TaskMetadata {
  readonly taskArn: string;
  /** `FARGATE`, `EC2`; spot capacity is `FARGATE` too. */
  readonly launchType: string | null;
  readonly availabilityZone: string | null;
  readonly vcpus: number | null;
  readonly memoryMib: number | null;
  /** How far the clock may be off, in milliseconds. */
  readonly clockBoundMillis: number;
}

/** A clock that isn't synchronised, or of which nothing is known, may be off by any amount: no run allows this much. */
export const unknownClockBoundMillis = 3_600_000;

/** Throws a `ZodError` when it isn't a task's metadata. */
export const parseTaskMetadata = (document: unknown): TaskMetadata => {
  const task = taskDocument.parse(document);
  const { ClockErrorBound, ClockSynchronizationStatus } = task.ClockDrift ?? {};
  return {
    taskArn: task.TaskARN,
    launchType: task.LaunchType ?? null,
    availabilityZone: task.AvailabilityZone ?? null,
    vcpus: task.Limits?.CPU ?? null,
    memoryMib: task.Limits?.Memory ?? null,
    clockBoundMillis:
      ClockSynchronizationStatus === 'SYNCHRONIZED' && ClockErrorBound !== undefined
        ? ClockErrorBound
        : unknownClockBoundMillis,
  };
};

/** The agent answers 40 requests a second for each task; it may not be ready when the container is. */
const mostTries = 6;
const answerMillis = 2_000;
const firstPauseMillis = 200;

/** What the ECS agent says of the task this process runs in. Throws `ServiceUnavailable` after six tries, 12 s at most beside the pauses. */
export const readTaskMetadata = async (
  endpoint: string,
  {
    sleep,
    random = Math.random,
  }: { sleep(millis: number): Promise<unknown>; readonly random?: () => number },
): Promise<TaskMetadata> => {
  for (let tries = 1; ; tries++) {
    try {
      const response = await fetch(`${endpoint}/task`, { signal: AbortSignal.timeout(answerMillis) });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return parseTaskMetadata(await response.json());
    } catch (cause) {
      if (tries === mostTries)
        throw new ServiceUnavailableError(
          `The ECS task metadata at ${endpoint}/task could not be read: ${String(cause)}. This program runs in ECS tasks only.`,
          { cause },
        );
    }
    await sleep(firstPauseMillis * 2 ** (tries - 1) * (0.5 + random() / 2));
  }
};
