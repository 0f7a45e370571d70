import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import type {
  InstanceTypePolicy,
  MetricReference,
  PoolPolicy,
  ScalingPolicy,
} from '../policy/scaling-policy.ts';
import type { ScalingAction, ScalingDecision } from '../scaling-decision.ts';

/**
 * The world that a policy is tried in: load comes second by second, tasks serve it, instances carry tasks. Deterministic by
 * its seed. What decides is handed in, so that a policy and what people use instead run in the same world. Nobody retries what
 * was dropped, CPU ends at 100 %, and ticks come by their interval alone, whatever events there are.
 */
export interface SimulationSetup {
  readonly seed: number;
  readonly seconds: number;
  /** First ticks at this instant; milliseconds since the epoch (floors look at the clock). */
  readonly startMillis: number;
  readonly services: readonly SimulatedServiceSetup[];
  /** Null: tasks need no instances (Fargate). */
  readonly capacity: SimulatedCapacitySetup | null;
  /** From the end of a period until its reading can be had. */
  readonly metricDelaySeconds: number;
  /** Periods that end in one of these have no readings, ever. */
  readonly metricOutages?: readonly { readonly atSecond: number; readonly seconds: number }[];
  /** `none` leaves rows out, which take most of the memory; totals and decisions are there all the same. */
  readonly rows?: 'each' | 'none';
}

export interface SimulatedServiceSetup {
  readonly service: string;
  /** Requests a second, by second from the start. */
  readonly load: (second: number) => number;
  /** What one task can serve; its CPU is full then. */
  readonly requestsPerSecondPerTask: number;
  /** `refuses`: what can't be served within this second is dropped; `queues`: it waits, as in SQS. */
  readonly overload: 'refuses' | 'queues';
  readonly initialTasks: number;
  /** From being placed until it serves, without the image's pull. */
  readonly startSeconds: number;
  /** On an instance that hasn't the image yet; without instances, of each task. */
  readonly imagePullSeconds: number;
  /** From being told to stop until it is gone; it serves no new requests. */
  readonly stopSeconds: number;
  readonly cpu: number;
  readonly memoryMib: number;
  /** US dollars; only without instances. */
  readonly pricePerTaskHourUsd: number;
  /** When somebody deploys: seconds from the start, and for how long old tasks are replaced. */
  readonly deployments?: readonly { readonly atSecond: number; readonly seconds: number }[];
  /** Whether each task that can't be placed is told as a failed request too. */
  readonly reportsUnplaced?: boolean;
}

export interface SimulatedCapacitySetup {
  readonly pools: readonly SimulatedPoolSetup[];
  /** From being ordered until ECS can place on it; from the first to below the second. */
  readonly bootSeconds: readonly [number, number];
}

export interface SimulatedPoolSetup extends PoolPolicy {
  /** What is launched is of the first type. */
  readonly instanceTypes: readonly [InstanceTypePolicy, ...InstanceTypePolicy[]];
  readonly initialInstances: number;
  /** Of each of its instances, in an hour, on average; 0 for on-demand. */
  readonly interruptionsPerHour: number;
  /** More at once: all of a pool's share at these seconds. */
  readonly storms?: readonly {
    readonly atSecond: number;
    readonly share: number;
    readonly noneForSeconds: number;
  }[];
}

/** What decides. */
export interface Scaler {
  readonly name: string;
  readonly everySeconds: number;
  /** By service: what is read for it at each tick, in the order of the snapshot's readings. */
  readonly metrics: Readonly<Record<string, readonly MetricReference[]>>;
  /** ARNs of container instances whose tasks it wants to see in the same tick; of none when left out. */
  candidates?(snapshot: ClusterSnapshot): readonly string[];
  /**
   * Called at each tick, in order; may remember. A pool that is told to have fewer launches no more; only `terminate` takes an
   * instance away.
   */
  decide(snapshot: ClusterSnapshot): {
    readonly actions: readonly ScalingAction[];
    readonly decisions: readonly ScalingDecision[];
  };
}

/** One second of a service, or of all together. */
export interface SimulationRow {
  readonly second: number;
  /** Requests that came in this second, and how many of them were not served. */
  readonly load: number;
  readonly dropped: number;
  readonly queued: number;
  readonly desired: number;
  readonly running: number;
  /** Paid for, and those that can take tasks; of all services together. */
  readonly instances: number;
  readonly readyInstances: number;
  /** What running tasks could serve. */
  readonly capacity: number;
}

export interface SimulationResult {
  readonly scaler: string;
  readonly everySeconds: number;
  /** One a second. */
  readonly rows: readonly SimulationRow[];
  readonly byService: Readonly<Record<string, readonly SimulationRow[]>>;
  readonly totals: SimulationTotals;
  readonly decisions: readonly SimulatedDecision[];
  /** What was carried out, in order. */
  readonly actions: readonly { readonly second: number; readonly action: ScalingAction }[];
}

export interface SimulationTotals {
  readonly requests: number;
  readonly dropped: number;
  /** Longest wait of what queues, in seconds. */
  readonly worstDelaySeconds: number;
  readonly taskHours: number;
  /** From being ordered until it is gone. */
  readonly nodeHours: number;
  readonly costUsd: number;
  /** Actions that raised a number, and those that lowered one or began a drain. */
  readonly outs: number;
  readonly ins: number;
  readonly interruptions: number;
}

export interface SimulatedDecision {
  readonly second: number;
  readonly decision: ScalingDecision;
}

/** Runs a world under a scaler. Pure, but for what the scaler remembers: each run wants a new one. */
export type Simulate = (setup: SimulationSetup, scaler: Scaler) => SimulationResult;

/** The product's own decisions, with a memory. `paused` and `dryRun` don't hold here: the policy is tried. */
export type PolicyScaler = (policy: ScalingPolicy, name?: string) => Scaler;
