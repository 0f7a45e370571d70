import * as z from 'zod/mini';
import { expected, firstProblem } from '../../messages/message-fields.ts';
import { ignored, type Notice, unreadable } from './notice.ts';
import { noticeDecoder } from './notice-decoder.ts';
import { instanceId, isoInstant, name } from './notice-fields.ts';

const terminating = 'autoscaling:EC2_INSTANCE_TERMINATING';
const launching = 'autoscaling:EC2_INSTANCE_LAUNCHING';
const testing = 'autoscaling:TEST_NOTIFICATION';

/** The hook of ECS's managed instance draining, which ECS itself completes. */
const hookOfEcs = 'ecs-managed-draining-termination-hook';

const transition = (...known: readonly string[]) =>
  z.enum(known, expected(known.map((one) => `"${one}"`).join(' or ')));

const action = {
  EC2InstanceId: instanceId,
  AutoScalingGroupName: name,
  LifecycleHookName: name,
  LifecycleActionToken: name,
};

type Action = { readonly [Field in keyof typeof action]: string };

const terminatingNotice = (detail: Action, noticedAtMillis: number): Notice => ({
  kind: 'leaving',
  leaving: [
    {
      instanceId: detail.EC2InstanceId,
      cause: 'lifecycle',
      noticedAtMillis,
      // The hook's timeout isn't said, and heartbeats put it off.
      deadlineMillis: null,
      ...(detail.LifecycleHookName === hookOfEcs
        ? {}
        : {
            lifecycle: {
              autoScalingGroupName: detail.AutoScalingGroupName,
              lifecycleHookName: detail.LifecycleHookName,
              lifecycleActionToken: detail.LifecycleActionToken,
              instanceId: detail.EC2InstanceId,
            },
          }),
    },
  ],
});

/*
{
  "version": "0", "id": "782d5b4c-0f6f-1fd6-9d62-ecf6aed0a470", "account": "111122223333", "region": "us-east-1",
  "source": "aws.autoscaling", "detail-type": "EC2 Instance-terminate Lifecycle Action", "time": "2026-11-21T09:31:00Z",
  "resources": ["arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:26e7…:autoScalingGroupName/web"],
  "detail": {
    "LifecycleActionToken": "0befcbdb-6ecd-498a-9ff7-ae9b54447cd6", "AutoScalingGroupName": "web",
    "LifecycleHookName": "drain", "EC2InstanceId": "i-0b662ef9931388ba0",
    "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "NotificationMetadata": "…",
    "Origin": "AutoScalingGroup", "Destination": "EC2"
  }
}
*/
export const lifecycleTermination = noticeDecoder(
  'aws.autoscaling',
  'EC2 Instance-terminate Lifecycle Action',
  z.object({ ...action, LifecycleTransition: transition(terminating) }, expected('an object')),
  terminatingNotice,
);

export const lifecycleLaunch = noticeDecoder(
  'aws.autoscaling',
  'EC2 Instance-launch Lifecycle Action',
  z.object({ ...action, LifecycleTransition: transition(launching) }, expected('an object')),
  ({ EC2InstanceId }) => ignored(`${EC2InstanceId} is being launched`),
);

const fromHook = z.object({
  ...action,
  Time: isoInstant,
  LifecycleTransition: transition(terminating, launching),
});

const testNotification = z.object({ Service: z.literal('AWS Auto Scaling'), Event: z.literal(testing) });

/** Whether a message without an envelope comes from Auto Scaling. */
export const isFromHook = (message: object): boolean =>
  'LifecycleTransition' in message || ('Service' in message && message.Service === 'AWS Auto Scaling');

/**
 * A hook whose notification target is a queue or a topic:
 * { "LifecycleHookName": "drain", "AccountId": "111122223333", "RequestId": "ca3de3e8-c7a8-4c62-92c8-6bbb6ec0447b",
 *   "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING", "AutoScalingGroupName": "web",
 *   "Service": "AWS Auto Scaling", "Time": "2026-11-21T09:31:00.258Z", "EC2InstanceId": "i-0b662ef9931388ba0",
 *   "LifecycleActionToken": "7f633837-b12b-42d9-a0d6-4bedf79889c7", "NotificationMetadata": "…",
 *   "Origin": "AutoScalingGroup", "Destination": "EC2" }
 * and, once, when the target is set, one with "Event": "autoscaling:TEST_NOTIFICATION".
 */
export const decodeHookMessage = (message: object): Notice => {
  if (testNotification.safeParse(message).success)
    return ignored('Auto Scaling tests its notification target');
  const parsed = fromHook.safeParse(message);
  if (!parsed.success) return unreadable(`lifecycle hook of Auto Scaling: ${firstProblem(parsed.error)}`);
  const { LifecycleTransition, Time, ...detail } = parsed.data;
  return LifecycleTransition === terminating
    ? terminatingNotice(detail, Time)
    : ignored(`${detail.EC2InstanceId} is being launched`);
};
