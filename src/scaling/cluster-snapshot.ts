import type { InstanceSize } from './policy/scaling-policy.ts';

/** All that a tick's decisions look at, as it was read at one time; nothing in it depends on a platform. */
export interface ClusterSnapshot {
  /** Milliseconds since the epoch, as all instants here. */
  readonly atMillis: number;
  readonly cluster: string;
  /** Every one that is registered, leaving or not. Empty when the policy has no pools. */
  readonly instances: readonly InstanceSnapshot[];
  readonly pools: readonly PoolSnapshot[];
  /** Services of the policy, and every other of the cluster that has tasks without room. */
  readonly services: readonly ServiceSnapshot[];
  /** RunTask failures that haven't expired, each once. */
  readonly requests: readonly CapacityRequest[];
  /** By EC2's instance id: those that are going away, from the leaving document. */
  readonly leaving: readonly LeavingFact[];
}

export interface InstanceSnapshot {
  readonly instanceId: string;
  readonly containerInstanceArn: string;
  readonly status: 'ACTIVE' | 'DRAINING' | 'OTHER';
  readonly isAgentConnected: boolean;
  /** `m6i.large`; empty when unknown. */
  readonly type: string;
  /** Of the policy's pools; null for one that came from elsewhere, which is counted and never removed. */
  readonly pool: string | null;
  readonly registeredAtMillis: number;
  /** What it offers in all, and its attributes. */
  readonly size: InstanceSize;
  readonly free: FreeRoom;
  readonly runningTasks: number;
  readonly pendingTasks: number;
  /** Absent when nobody looked: then it can't be removed. */
  readonly tasks?: readonly InstanceTask[];
}

/** What an instance has left. */
export interface FreeRoom {
  readonly cpu: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Null when that isn't known to be a limit. */
  readonly taskEnis: number | null;
  readonly usedTcpPorts: readonly number[];
  readonly usedUdpPorts: readonly number[];
}

/** What a task needs of an instance. */
export interface TaskNeeds {
  readonly cpu: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** 1 in awsvpc mode. */
  readonly taskEnis: number;
  /** Fixed host ports; dynamic ones need nothing. */
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  /** `memberOf` expressions of ECS's cluster query language. */
  readonly constraints: readonly string[];
  /** One task of its group on an instance. */
  readonly isDistinct: boolean;
}

export interface InstanceTask extends TaskNeeds {
  readonly taskArn: string;
  /** The service's name; null for a task of its own. */
  readonly service: string | null;
  /** `service:web`, `family:report`. */
  readonly group: string;
  /** Of a daemon service: it goes with its instance. */
  readonly isDaemon: boolean;
  readonly isProtected: boolean;
}

export interface PoolSnapshot {
  readonly name: string;
  /** In the pool's units, which are weighted for some fleets. */
  readonly targetUnits: number;
  /** The pool's own limits; null where it has none. */
  readonly minimumUnits: number | null;
  readonly maximumUnits: number | null;
  /** Whether the pool replaces what is taken away from it; one that is being deleted doesn't. */
  readonly isMaintained: boolean;
  readonly members: readonly PoolMember[];
}

/** An instance that the pool has, whether ECS knows it or not. */
export interface PoolMember {
  readonly instanceId: string;
  readonly type: string;
  readonly weight: number;
  /** `starting` until it is in service, `ending` from when the pool itself terminates it. */
  readonly state: 'starting' | 'inService' | 'ending';
  /** The pool's own scale-in passes it over. */
  readonly isProtected: boolean;
}

export interface ServiceSnapshot {
  readonly service: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly isDaemon: boolean;
  /** Tasks of an older deployment still run, or the newest hasn't become steady yet. */
  readonly isDeploying: boolean;
  /** Undefined where nobody looked, because nothing is to be placed. */
  readonly needs?: TaskNeeds;
  /** Of its rules, in their order. Empty for services that aren't in the policy. */
  readonly readings: readonly MetricReadings[];
  /** When ECS last said that it could not place its tasks; absent when it hasn't lately. */
  readonly placementFailedAtMillis?: number;
}

export interface MetricReadings {
  /** Ascending; `atMillis` is the end of the period. */
  readonly points: readonly MetricPoint[];
  /** Of `queueDepth`: messages in work. */
  readonly inWork?: readonly MetricPoint[];
  /** Why there are none, in words, when they could not be read. */
  readonly failure?: string;
}

export interface MetricPoint {
  readonly atMillis: number;
  readonly value: number;
}

/** A RunTask that failed for lack of resources. */
export interface CapacityRequest {
  /** `service:web`, `family:report`: as in the message's `group_name`. */
  readonly group: string;
  readonly taskId: string;
  readonly cpu: number;
  readonly memoryMib: number;
  readonly heardAtMillis: number;
}

export interface LeavingFact {
  readonly instanceId: string;
  readonly drainId: string;
  /** Asked for by this scaler, and by nobody and nothing else: it can be taken back. */
  readonly isOurs: boolean;
  /** `over`: drained; `failed`: it ended with tasks left. */
  readonly state: 'draining' | 'over' | 'failed' | 'takenBack';
}
