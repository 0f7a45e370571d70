import type { CallBucket } from '../platform/ports/call-pace.ts';

/** A token bucket as AWS has it: each call, or each task that is launched, takes one token out. */
export interface BucketSize {
  /** So many at once. */
  readonly burst: number;
  /** Then so many a second. */
  readonly perSecond: number;
}

/**
 * AWS's buckets for calls, of each account and region ("Request throttling for the Amazon ECS API" in the ECS developer
 * guide; "Request throttling for the Elastic Load Balancing API" in the ELB user guide).
 */
export const callBuckets = {
  /** DescribeClusters, ListClusters. */
  clusterRead: { burst: 50, perSecond: 20 },
  /** ListTasks, DescribeTasks, List- and DescribeContainerInstances, ListAttributes. */
  resourceRead: { burst: 100, perSecond: 20 },
  /** RunTask, StartTask, StopTask, UpdateContainerInstancesState, ExecuteCommand and others together. */
  resourceModify: { burst: 100, perSecond: 40 },
  /** DescribeServices, ListServices. */
  serviceRead: { burst: 100, perSecond: 20 },
  /** CreateService, UpdateService, DeleteService. */
  serviceModify: { burst: 50, perSecond: 5 },
  /** DescribeTaskDefinition. */
  definitionRead: { burst: 50, perSecond: 20 },
  /** GetTaskProtection, UpdateTaskProtection. */
  protection: { burst: 200, perSecond: 80 },
  balancerAny: { burst: 40, perSecond: 10 },
  balancerTargets: { burst: 20, perSecond: 4 },
  /** Auto Scaling has one for all of its calls, and doesn't say how large it is: a guess on the safe side. */
  capacity: { burst: 20, perSecond: 5 },
  /** EC2's non-mutating actions without filter: 50 and 10 is what the least of them have ("Request throttling for the Amazon EC2 API"). */
  fleetRead: { burst: 50, perSecond: 10 },
  /** EC2's mutating actions that aren't listed otherwise. */
  fleetModify: { burst: 50, perSecond: 5 },
  /** GetMetricData, 50 a second ("CloudWatch service quotas"). */
  metricRead: { burst: 50, perSecond: 50 },
} as const satisfies Readonly<Record<CallBucket, BucketSize>>;

/**
 * What launches on Fargate take besides ("AWS Fargate throttling quotas" in the ECS developer guide). `launch` counts
 * tasks, on-demand and spot apart; `runTask` counts calls.
 */
export const launchBuckets = {
  launch: { burst: 100, perSecond: 20 },
  runTask: { burst: 20, perSecond: 20 },
} as const satisfies Readonly<Record<string, BucketSize>>;

/** From which buckets a call is paid. */
export const paidFrom = (bucket: CallBucket): readonly CallBucket[] =>
  bucket === 'balancerTargets' ? ['balancerTargets', 'balancerAny'] : [bucket];
