import * as z from 'zod/mini';
import type { RunPorts } from './run-ports.ts';
import { type WorkerStop, workersStopped } from './workers-stopped.ts';

/** SQS: `{ "Records": [{ "messageId": "…", "body": "<an event of EventBridge as JSON>", … }] }` */
const sqsBatch = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/**
 * EventBridge, source `aws.ecs`, `ECS Task State Change`: `{ "detail": { "taskArn": "arn:aws:ecs:…", "lastStatus":
 * "STOPPED", "startedBy": "20261121-093000-k7fq", "stopCode": "SpotInterruption", … } }`. Tasks that no run has started
 * may have any `startedBy`, or none.
 */
const taskEvent = z.object({
  detail: z.object({ taskArn: z.string(), lastStatus: z.string(), startedBy: z.optional(z.string()) }),
});

const runIdPattern = /^[A-Za-z0-9-]{1,36}$/;

export interface StoppedBatchResult {
  /** What SQS is to deliver again. */
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
  readonly runs: Readonly<Record<string, WorkerStop>>;
}

interface RunStops {
  readonly workerIds: Set<string>;
  readonly messageIds: string[];
}

/**
 * Takes in a batch of task events, each run once. A message that can't be read fails, so that it ends in the dead-letter
 * queue; when a run could not be looked at, its messages are delivered again. Throws when it is no batch at all.
 */
export const workerStopped = async (ports: RunPorts, event: unknown): Promise<StoppedBatchResult> => {
  const failed: string[] = [];
  const byRun = new Map<string, RunStops>();
  for (const { messageId, body } of z.parse(sqsBatch, event).Records) {
    const task = readTask(body);
    if (task === undefined) failed.push(messageId);
    else if (task.lastStatus === 'STOPPED' && runIdPattern.test(task.startedBy ?? '')) {
      const runId = task.startedBy as string;
      const stops = byRun.get(runId) ?? { workerIds: new Set(), messageIds: [] };
      stops.workerIds.add(task.taskArn);
      stops.messageIds.push(messageId);
      byRun.set(runId, stops);
    }
  }
  const runs: Record<string, WorkerStop> = {};
  for (const [runId, { workerIds, messageIds }] of byRun) {
    try {
      runs[runId] = await workersStopped(ports, runId, workerIds);
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', runId, error: String(error) }));
      failed.push(...messageIds);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })), runs };
};

const readTask = (body: string): z.infer<typeof taskEvent>['detail'] | undefined => {
  try {
    const parsed = taskEvent.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data.detail : undefined;
  } catch {
    return undefined;
  }
};
