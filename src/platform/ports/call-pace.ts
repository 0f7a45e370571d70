/**
 * The call pace port: AWS's token buckets are an account's, shared by everything that calls. Whoever is about to make
 * calls takes tokens first; parts of a bucket belong to the kinds of callers, and hold over all processes at once.
 */
export interface CallPace {
  /** Resolves when the call may be made. */
  pay(bucket: CallBucket): Promise<void>;
  /** Such calls will be made soon: what takes time before the first of them may be done now. */
  prepare?(buckets: readonly CallBucket[]): void;
  /** The call was throttled all the same: somebody else empties the bucket. Fewer calls for a while. */
  throttled(bucket: CallBucket): void;
}

export type CallBucket =
  | 'clusterRead'
  | 'resourceRead'
  | 'resourceModify'
  | 'serviceRead'
  | 'serviceModify'
  | 'definitionRead'
  /** Of tasks, from being stopped. */
  | 'protection'
  /** All actions of ELBv2. */
  | 'balancerAny'
  /** Its RegisterTargets and DeregisterTargets, which are paid from `balancerAny` too. */
  | 'balancerTargets'
  /** All actions of Auto Scaling. */
  | 'capacity'
  /** Of EC2 Fleets and Spot Fleets: reading them, and changing them or terminating their instances. */
  | 'fleetRead'
  | 'fleetModify'
  /** GetMetricData. */
  | 'metricRead';

/** Kinds of callers: a drain is urgent, the others can wait. */
export type CallerRole = 'drain' | 'launch' | 'scaling' | 'targets';
