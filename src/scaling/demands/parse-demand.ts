import * as z from 'zod/mini';
import { firstProblem, shown } from '../../messages/message-fields.ts';
import { unwrapMessage } from '../../messages/unwrap-message.ts';
import type { DemandMessage } from './demand.ts';
import { amount, text } from './demand-fields.ts';

/** An ARN's last part is the name, with and without the cluster's name before it; so is a name. */
const nameOf = (arnOrName: string): string => arnOrName.slice(arnOrName.lastIndexOf('/') + 1);

/*
{ "group_name": "service:web", "cluster": "shop", "cpu": 512, "memory": 1024, "task_id": "4b1f…" }
Whoever calls RunTask sends it when the answer's `failures` name RESOURCE:CPU, RESOURCE:MEMORY and the like.
*/
const requestMessage = z.object({
  group_name: text,
  cluster: text,
  cpu: amount,
  memory: amount,
  task_id: text,
});

/*
{
  "version": "0", "id": "…", "source": "aws.ecs", "detail-type": "ECS Service Action", "time": "2026-11-21T09:31:00Z",
  "resources": ["arn:aws:ecs:us-east-1:111122223333:service/shop/web"],
  "detail": {
    "eventType": "ERROR", "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
    "clusterArn": "arn:aws:ecs:us-east-1:111122223333:cluster/shop", "reason": "RESOURCE:FARGATE",
    "createdAt": "2026-11-21T09:31:00.123Z"
  }
}
*/
const serviceAction = z.object({
  resources: z.array(text).check(z.minLength(1)),
  detail: z.object({
    eventName: text,
    clusterArn: text,
    createdAt: text.check(z.refine((value) => Number.isFinite(Date.parse(value)), 'expected an instant')),
  }),
});

/**
 * What a message says about tasks that found no room: a message of whoever called RunTask, or ECS's event, straight or
 * through Amazon SNS. What it says besides doesn't matter. Never throws.
 */
export const parseDemand = (body: string): DemandMessage => {
  const unwrapped = unwrapMessage(body);
  if (unwrapped.kind === 'unreadable') return unwrapped;
  const { message } = unwrapped;
  if ('detail-type' in message) {
    const type = message['detail-type'];
    return type === 'ECS Service Action'
      ? parseServiceAction(message)
      : unreadable(`detail-type: expected "ECS Service Action", got ${shown(type)}`);
  }
  const parsed = requestMessage.safeParse(message);
  if (!parsed.success) return unreadable(firstProblem(parsed.error));
  const { group_name: group, cluster, cpu, memory: memoryMib, task_id: taskId } = parsed.data;
  if (cpu === 0 && memoryMib === 0) return unreadable('cpu, memory: expected one of them above 0');
  return {
    kind: 'demand',
    demand: { kind: 'request', cluster: nameOf(cluster), group, taskId, cpu, memoryMib },
  };
};

const parseServiceAction = (event: object): DemandMessage => {
  const parsed = serviceAction.safeParse(event);
  if (!parsed.success) return unreadable(`ECS Service Action: ${firstProblem(parsed.error)}`);
  const { resources, detail } = parsed.data;
  if (detail.eventName !== 'SERVICE_TASK_PLACEMENT_FAILURE')
    return { kind: 'ignored', reason: `${detail.eventName} takes no room` };
  const service = nameOf(resources[0] ?? '');
  const atMillis = Date.parse(detail.createdAt);
  return {
    kind: 'demand',
    demand: { kind: 'placementFailure', cluster: nameOf(detail.clusterArn), service, atMillis },
  };
};

const unreadable = (reason: string): DemandMessage => ({ kind: 'unreadable', reason });
