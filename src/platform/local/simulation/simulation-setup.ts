import type { CallFault } from './call-faults.ts';
import type { Span } from './chance.ts';
import type { DurationShare } from './count-requests.ts';
import { type BucketSizes, documentedBuckets } from './simulated-buckets.ts';
import type { LoadFunction } from './simulated-metrics.ts';
import type { PoolSetup } from './simulated-pool.ts';

/** What a simulated cluster is made of. Names are its own; everything else has a value unless given. */
export interface SimulationSetup {
  readonly seed: number;
  readonly clusterName?: string;
  readonly instances: number;
  /** Usual tasks that an instance has room for. */
  readonly slotsPerInstance?: number;
  readonly services?: readonly ServiceSetup[];
  readonly batchTasks?: readonly BatchSetup[];
  /** What launches instances; those of the pools come after the others. */
  readonly pools?: readonly PoolSetup[];
  readonly load?: LoadFunction;
  /** From the end of a period until its readings can be had. */
  readonly metricDelayMillis?: number;
  readonly groups?: readonly GroupSetup[];
  /** A read shows how things stood up to so long ago. */
  readonly consistencyMillis?: number;
  readonly latencyMillis?: Span;
  readonly buckets?: Partial<BucketSizes>;
  readonly faults?: readonly CallFault[];
  readonly hangMillis?: number;
  readonly paces?: Partial<SimulationPaces>;
}

/** How fast things go by themselves; milliseconds. */
export interface SimulationPaces {
  /** Between two looks of ECS's service scheduler. */
  readonly schedulerMillis: number;
  /** From PENDING to RUNNING. */
  readonly startMillis: Span;
  /** Until the agent hears that a task is to stop. */
  readonly agentMillis: Span;
  /** From registration to the first requests. */
  readonly healthyMillis: Span;
  /** From the end of a task to the end of requests to it, when nobody deregisters it. */
  readonly unhealthyMillis: Span;
  /** From deregistration to silence on the wire. */
  readonly silenceMillis: Span;
  /** Until a pool launches or terminates what its target wants. */
  readonly orderMillis: Span;
  /** Until a pool looks again whether there is capacity. */
  readonly dryMillis: number;
}

/** What runs in a task, and how it ends. */
export interface TaskSetup {
  readonly networkMode?: 'bridge' | 'awsvpc';
  /** Null when the definition doesn't say: the agent then takes 30 s. */
  readonly stopTimeoutSeconds?: number | null;
  /** `closes`: accepts nothing new and answers what is in flight, until SIGKILL; `dies`: at once, with all of it. */
  readonly onSigterm?: 'closes' | 'dies';
  /** Goes on accepting for so long after SIGTERM, as AWS advises. */
  readonly servesOnMillis?: number;
  /** From SIGTERM to its end, at least, when nothing is in flight. */
  readonly exitMillis?: Span;
  /** What it reserves: 1,024 a vCPU, and MiB. */
  readonly cpu?: number;
  readonly memoryMib?: number;
  readonly gpus?: number;
  /** Fixed host ports. */
  readonly tcpPorts?: readonly number[];
}

export interface ServiceSetup extends TaskSetup {
  readonly name: string;
  readonly desiredCount: number;
  readonly minimumHealthyPercent?: number;
  readonly maximumPercent?: number;
  readonly schedulingStrategy?: 'REPLICA' | 'DAEMON';
  /** One task on an instance at most. */
  readonly isDistinct?: boolean;
  /** Names of the groups that its tasks are behind: one port each. */
  readonly groups?: readonly string[];
  /** Where its tasks are at the start, dealt in turn; all instances unless given. */
  readonly onInstances?: readonly number[];
}

/** Tasks of their own. */
export interface BatchSetup extends TaskSetup {
  readonly count: number;
  readonly onInstances?: readonly number[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly startedBy?: string;
  /** Behind this group from the start, which their tag `stormdrain.balancer` names too. */
  readonly group?: string;
}

export interface GroupSetup {
  readonly name: string;
  readonly requestsPerSecond?: number;
  readonly deregistrationDelaySeconds?: number;
  readonly targetType?: 'instance' | 'ip';
  readonly isInUse?: boolean;
  /** Shares add up to 1. */
  readonly durations?: readonly DurationShare[];
}

const paces: SimulationPaces = {
  schedulerMillis: 3_000,
  startMillis: [3_000, 9_000],
  agentMillis: [100, 800],
  healthyMillis: [6_000, 14_000],
  unhealthyMillis: [10_000, 15_000],
  silenceMillis: [500, 4_000],
  orderMillis: [5_000, 20_000],
  dryMillis: 30_000,
};

/** Most answers are quick; one in a hundred takes seconds. */
export const usualDurations: readonly DurationShare[] = [
  { share: 0.9, millis: [50, 500] },
  { share: 0.09, millis: [500, 3_000] },
  { share: 0.01, millis: [3_000, 8_000] },
];

export const withDefaults = (setup: SimulationSetup) => ({
  ...setup,
  clusterName: setup.clusterName ?? 'shop',
  slotsPerInstance: setup.slotsPerInstance ?? 40,
  services: setup.services ?? [],
  batchTasks: setup.batchTasks ?? [],
  pools: setup.pools ?? [],
  load: setup.load ?? (() => undefined),
  metricDelayMillis: setup.metricDelayMillis ?? 60_000,
  groups: setup.groups ?? [],
  consistencyMillis: setup.consistencyMillis ?? 1_500,
  latencyMillis: setup.latencyMillis ?? ([50, 300] as const),
  buckets: { ...documentedBuckets, ...setup.buckets },
  faults: setup.faults ?? [],
  hangMillis: setup.hangMillis ?? 5_000,
  paces: { ...paces, ...setup.paces },
});

export type Simulation = ReturnType<typeof withDefaults>;
