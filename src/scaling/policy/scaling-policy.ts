/**
 * A scaling policy, compiled: what a document (scaling-document.ts) says, with defaults filled in and every text read.
 * Times are in seconds, CPU in ECS's units (1,024 a vCPU), memory in MiB.
 */
export interface ScalingPolicy {
  readonly version: 1;
  /** The cluster's name. */
  readonly cluster: string;
  /** Between two ticks: 10 to 50 by the fast tick, whole minutes by the schedule. */
  readonly everySeconds: number;
  /** Nothing is decided while true. */
  readonly paused: boolean;
  /** Everything is decided and nothing carried out. */
  readonly dryRun: boolean;
  /** Null when instances are nobody's business here (Fargate, or a cluster that something else scales). */
  readonly capacity: CapacityPolicy | null;
  readonly services: readonly ServicePolicy[];
}

/** How many instances a cluster has. */
export interface CapacityPolicy {
  readonly pools: readonly PoolPolicy[];
  /** Of all pools together, in instances. */
  readonly minimum: number;
  readonly maximum: number;
  /** Reservation above which instances are added, and what it is brought down to; 1 to 100, null for one that doesn't count. */
  readonly reservation: { readonly cpuPercent: number | null; readonly memoryPercent: number | null };
  /** Room kept free for whatever comes: whole tasks of that size, each of which must fit on one instance. */
  readonly headroom: readonly HeadroomTask[];
  /** A service must want more tasks than it has for so long. */
  readonly unplacedGraceSeconds: number;
  /** A message of a task that could not be placed counts for so long. */
  readonly requestSeconds: number;
  /** Capacity ordered longer ago isn't believed to be on its way any more. */
  readonly bootSeconds: number;
  readonly floors: readonly Floor[];
  /** Null: nothing is ever removed. */
  readonly scaleIn: CapacityScaleIn | null;
}

export interface HeadroomTask {
  readonly count: number;
  readonly cpu: number;
  readonly memoryMib: number;
}

export interface CapacityScaleIn {
  /** An instance must have been unneeded for so long. */
  readonly unneededSeconds: number;
  /** Nothing is removed so soon after something was added. */
  readonly afterOutSeconds: number;
  /** Instances drained at the same time. */
  readonly mostAtOnce: number;
  /** 0 to 100: after a removal, reservation must stay below the scale-out threshold by so many percent of it. */
  readonly marginPercent: number;
}

export interface PoolPolicy {
  readonly name: string;
  readonly kind: PoolKind;
  /** The group's name, or the id of the fleet or of the Spot Fleet request. */
  readonly id: string;
  /** Weight among the pools; 1 and 4 make a ratio of 1:4. */
  readonly share: number;
  /** In instances. */
  readonly minimum: number;
  readonly maximum: number;
  /** What it launches; empty when that is to be learned from the instances it has. */
  readonly instanceTypes: readonly InstanceTypePolicy[];
}

export type PoolKind = 'autoScalingGroup' | 'spotFleet' | 'ec2Fleet';

export interface InstanceTypePolicy extends InstanceSize {
  readonly type: string;
  /** Units of the pool's capacity that one instance is; 1 unless the fleet is weighted. */
  readonly weight: number;
  /** US dollars; for the simulator. */
  readonly pricePerHourUsd: number | null;
}

/** What an instance offers to tasks: as it registers with ECS, which is less than its type has. */
export interface InstanceSize {
  readonly cpu: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Network interfaces for tasks in awsvpc mode; null when that isn't known to be a limit. */
  readonly taskEnis: number | null;
  /** By name, for placement constraints. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A minimum that holds for a while again and again: before a known peak. */
export interface Floor {
  /** Five fields, as crontab(5) has them. */
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
  /** From each time that `cron` names. */
  readonly seconds: number;
  /** Instances, or tasks. */
  readonly minimum: number;
}

/** How many tasks a service has. */
export interface ServicePolicy {
  /** Its name. */
  readonly service: string;
  readonly minimum: number;
  readonly maximum: number;
  /** At least one. Several `track` rules are combined by the maximum; a `steps` rule is alone. */
  readonly rules: readonly ServiceRule[];
  readonly out: DirectionPolicy;
  readonly in: DirectionPolicy;
  /** Readings older than this are stale: nothing is removed on them. */
  readonly staleSeconds: number;
  readonly floors: readonly Floor[];
}

export interface DirectionPolicy {
  /** No further step in this direction so soon after the last step in any. */
  readonly cooldownSeconds: number;
  /** The most cautious recommendation of so long counts, as in a Kubernetes HPA's `stabilizationWindowSeconds`. */
  readonly stabilisationSeconds: number;
  /** At most so much in one step; the larger of the two counts, null for no limit. */
  readonly mostTasks: number | null;
  readonly mostPercent: number | null;
}

export type ServiceRule = TrackRule | StepsRule;

/** Keeps a metric near its target. */
export interface TrackRule {
  readonly kind: 'track';
  readonly metric: MetricReference;
  /** Of one task. */
  readonly target: number;
  /** 0 to below 1: nothing is done while the metric is so near, as in a Kubernetes HPA (0.1). */
  readonly tolerance: number;
}

/** Adds and removes tasks beyond thresholds. */
export interface StepsRule {
  readonly kind: 'steps';
  readonly metric: MetricReference;
  /** By threshold, ascending: the last that is exceeded counts. */
  readonly above: readonly ThresholdStep[];
  /** By threshold, descending: the last that is undercut counts. */
  readonly below: readonly ThresholdStep[];
  /** So many readings in a row must agree. */
  readonly outPeriods: number;
  readonly inPeriods: number;
}

export interface ThresholdStep {
  readonly threshold: number;
  /** Tasks to add or remove: positive. */
  readonly tasks: number;
}

/**
 * Where a number comes from. `per: 'task'` is an average over tasks, which falls when tasks are added; `per: 'total'` is
 * demand itself, which doesn't. Readings are of whole periods.
 */
export type MetricReference =
  | { readonly kind: 'cpu'; readonly per: 'task'; readonly periodSeconds: number }
  | { readonly kind: 'memory'; readonly per: 'task'; readonly periodSeconds: number }
  | {
      /** Requests of one target in a whole period, as CloudWatch's Sum of RequestCountPerTarget has them. */
      readonly kind: 'requestsPerTarget';
      readonly per: 'task';
      readonly periodSeconds: number;
      /** As CloudWatch names it: `targetgroup/web/0123456789abcdef`. */
      readonly targetGroup: string;
    }
  | {
      /**
       * Visible messages against `target` a task, and messages in work against `inWorkPerTask`; the larger counts. What is
       * in work alone keeps tasks when the backlog is gone, so that a queue that is kept up with isn't scaled in and out.
       */
      readonly kind: 'queueDepth';
      readonly per: 'total';
      readonly periodSeconds: number;
      /** The queue's name. */
      readonly queue: string;
      readonly inWorkPerTask: number;
    }
  | {
      readonly kind: 'cloudWatch';
      readonly per: 'task' | 'total';
      readonly periodSeconds: number;
      readonly namespace: string;
      readonly name: string;
      readonly dimensions: Readonly<Record<string, string>>;
      /** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` or `p0` to `p100`. */
      readonly statistic: string;
    }
  | {
      readonly kind: 'prometheus';
      readonly per: 'task' | 'total';
      readonly periodSeconds: number;
      readonly query: string;
    };
