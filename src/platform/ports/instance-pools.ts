/**
 * The instance pools port: what launches a cluster's instances, and how many. Auto Scaling groups, Spot Fleets and EC2
 * Fleets of type `maintain`. Each method is one call; batches and pages are the caller's. Buckets: `capacity` for Auto
 * Scaling groups, `fleetRead` and `fleetModify` for fleets. Throws `CallThrottled`, `CapacityUnavailable` when a call fails
 * in a way that may pass, else `CapacityRefused`.
 */
export interface InstancePools {
  /** At most 100 of one kind, by name or id; those that aren't there are left out. Groups come with their members, fleets without. */
  describePools(kind: PoolKind, ids: readonly string[]): Promise<readonly PoolFacts[]>;
  /** Of a fleet, at most 1,000 a page. */
  listMembers(kind: 'spotFleet' | 'ec2Fleet', id: string, next?: string): Promise<PoolMembersPage>;
  /** Sets the target; what is too much is not terminated (fleets), or by the group's own choice (groups: raise only). */
  setTarget(pool: PoolReference, units: number): Promise<void>;
  /**
   * Terminates that very instance. A group's target falls by one in the same call; a fleet's target must have been lowered
   * before, or it would be replaced. One that is gone succeeds.
   */
  terminate(pool: PoolReference, instanceId: string): Promise<void>;
}

export type PoolKind = 'autoScalingGroup' | 'spotFleet' | 'ec2Fleet';

export type Purchase = 'onDemand' | 'spot';

export interface PoolReference {
  readonly kind: PoolKind;
  /** The group's name, or the id of the fleet or of the Spot Fleet request. */
  readonly id: string;
}

export interface PoolFacts extends PoolReference {
  readonly targetUnits: number;
  /** A group's own limits. Of a fleet, the units that it `keeps`. Null where there is none. */
  readonly minimumUnits: number | null;
  readonly maximumUnits: number | null;
  /** Of a fleet: a part of its target that is bought so, and stays when the rest goes: one of it that is ended is replaced. */
  readonly keeps?: Purchase;
  /** Whether it replaces what is taken away: a group that is there, a fleet of type `maintain` that is active or being modified. */
  readonly isMaintained: boolean;
  /** Units of an instance type, where they aren't 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Undefined for fleets: listMembers tells. */
  readonly members?: readonly PoolMemberFacts[];
}

export interface PoolMemberFacts {
  readonly instanceId: string;
  /** `m6i.large`; empty where the pool doesn't say. */
  readonly type: string;
  /** `starting` until it is in service, `ending` from when the pool itself terminates it. */
  readonly state: 'starting' | 'inService' | 'ending';
  /** From the pool's own scale-in. */
  readonly isProtected: boolean;
  /** Absent where the pool doesn't say. */
  readonly purchase?: Purchase;
}

export interface PoolMembersPage {
  readonly members: readonly PoolMemberFacts[];
  /** Absent on the last page. */
  readonly next?: string;
}
