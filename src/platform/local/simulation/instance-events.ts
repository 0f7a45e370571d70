import type { LifecycleAction } from '../../ports/capacity-pool.ts';

/** An event as EventBridge delivers it. */
export interface InstanceEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

type EventPart = Pick<InstanceEvent, 'detail-type' | 'source' | 'resources' | 'detail'>;

const instanceEvent = (number: number, atMillis: number, part: EventPart): InstanceEvent => ({
  version: '0',
  id: `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
  account: '123456789012',
  time: new Date(atMillis).toISOString().replace(/\.\d+Z$/, 'Z'),
  region: 'us-east-1',
  ...part,
});

export const spotWarning = (
  number: number,
  atMillis: number,
  instanceId: string,
  action: 'terminate' | 'stop' | 'hibernate',
): InstanceEvent =>
  instanceEvent(number, atMillis, {
    'detail-type': 'EC2 Spot Instance Interruption Warning',
    source: 'aws.ec2',
    resources: [`arn:aws:ec2:us-east-1b:instance/${instanceId}`],
    detail: { 'instance-id': instanceId, 'instance-action': action },
  });

export const rebalanceRecommendation = (
  number: number,
  atMillis: number,
  instanceId: string,
): InstanceEvent =>
  instanceEvent(number, atMillis, {
    'detail-type': 'EC2 Instance Rebalance Recommendation',
    source: 'aws.ec2',
    resources: [`arn:aws:ec2:us-east-1b:instance/${instanceId}`],
    detail: { 'instance-id': instanceId },
  });

export const stateChange = (
  number: number,
  atMillis: number,
  instanceId: string,
  state: 'shutting-down' | 'terminated',
): InstanceEvent =>
  instanceEvent(number, atMillis, {
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${instanceId}`],
    detail: { 'instance-id': instanceId, state },
  });

export const placementFailure = (
  number: number,
  atMillis: number,
  clusterArn: string,
  serviceArn: string,
): InstanceEvent =>
  instanceEvent(number, atMillis, {
    'detail-type': 'ECS Service Action',
    source: 'aws.ecs',
    resources: [serviceArn],
    detail: {
      eventType: 'ERROR',
      eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
      clusterArn,
      reason: 'RESOURCE:CPU',
      createdAt: new Date(atMillis).toISOString(),
    },
  });

export const terminateLifecycle = (
  number: number,
  atMillis: number,
  action: LifecycleAction,
): InstanceEvent =>
  instanceEvent(number, atMillis, {
    'detail-type': 'EC2 Instance-terminate Lifecycle Action',
    source: 'aws.autoscaling',
    resources: [
      `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:id:autoScalingGroupName/${action.autoScalingGroupName}`,
    ],
    detail: {
      LifecycleActionToken: action.lifecycleActionToken,
      AutoScalingGroupName: action.autoScalingGroupName,
      LifecycleHookName: action.lifecycleHookName,
      EC2InstanceId: action.instanceId,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    },
  });
