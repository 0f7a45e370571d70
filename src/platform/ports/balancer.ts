/**
 * The balancer port: who gets traffic. A group is a target group of ELBv2 (its ARN) or a backend of HAProxy (its name).
 * Each method is one call for one group; what an implementation has to call besides, it pays for itself (call-pace.ts). Throws `CallThrottled`, `BalancerUnavailable` when a call fails in a way that
 * may pass, else `BalancerRefused`.
 */
export interface Balancer {
  /** At most 20; those that aren't there are left out. Bucket: balancerAny. */
  describeGroups(groups: readonly string[]): Promise<readonly BalancerGroup[]>;
  /** Registering what is registered succeeds, and ends a drain of that target. Buckets: balancerTargets, balancerAny. */
  register(group: string, targets: readonly BalancerTarget[]): Promise<void>;
  /**
   * No new requests from now on, or a few seconds later; those in flight go on until the group's deregistration delay
   * is over. What isn't registered, and a group that isn't there, succeed. Buckets: balancerTargets, balancerAny.
   */
  deregister(group: string, targets: readonly BalancerTarget[]): Promise<void>;
  /** All targets of the group; one that isn't listed isn't registered. Empty for a group that isn't there. Bucket: balancerAny. */
  health(group: string): Promise<readonly TargetHealth[]>;
}

/** The port is never left out: without it, ELBv2 takes the group's own port, which is another target. */
export interface BalancerTarget {
  /** An instance's id, or an IP address. */
  readonly id: string;
  readonly port: number;
}

export interface BalancerGroup {
  readonly group: string;
  readonly targetType: 'instance' | 'ip';
  readonly deregistrationDelaySeconds: number;
  /** False for a group that no listener sends requests to: its targets are `unused` from the start. */
  readonly isInUse: boolean;
}

export interface TargetHealth extends BalancerTarget {
  /**
   * `draining`: deregistered, requests in flight may go on; `unhealthy.draining`: likewise, and unhealthy; `unused`: gets
   * no requests (not registered any more, or the group is behind no listener).
   */
  readonly state:
    | 'initial'
    | 'healthy'
    | 'unhealthy'
    | 'draining'
    | 'unhealthy.draining'
    | 'unused'
    | 'unavailable';
  /** Requests or connections in flight, where the balancer tells. */
  readonly inFlight?: number;
}

/** A balancer that keeps what it is to have apart from what it has, and can compare them. */
export interface RepairableBalancer {
  /** Groups that something is kept of, whether anybody uses them or not. */
  knownGroups(): Promise<readonly string[]>;
  /** Makes the group have what it is to have; repeatable. What was found to differ, or to be over, is counted. */
  repair(group: string): Promise<BalancerRepair>;
}

export interface BalancerRepair {
  /** Were missing, or got no requests. */
  readonly added: number;
  /** Got requests though they had been deregistered, or were nobody's. */
  readonly silenced: number;
  /** Had drained, or were nobody's. */
  readonly removed: number;
}
