import type { TakingBack } from '../leaving/is-taken-back.ts';
import type { LeavingInstance } from '../leaving/leaving-document.ts';

/**
 * What is known of all hurried drains of a cluster: decided on by planDrain, changed by merge-facts.ts, kept as
 * `state/draining/<cluster>.json` (drain-progress.ts). Instants are milliseconds since the epoch.
 */
export interface DrainState {
  /** By drainId. */
  readonly drains: Readonly<Record<string, Drain>>;
  /** By name. */
  readonly services: Readonly<Record<string, KnownService>>;
  /** Stop timeouts by the task definition's ARN; null where it leaves it to the agent. */
  readonly definitions: Readonly<Record<string, KnownDefinition>>;
  readonly groups: Readonly<Record<string, KnownGroup>>;
}

export interface Drain {
  readonly drainId: string;
  readonly instanceId: string;
  readonly notices: LeavingInstance['notices'];
  readonly heardAtMillis: number;
  /** When the coordinator took it in. */
  readonly joinedAtMillis: number;
  /** When the instance goes; an estimate where no source says. */
  readonly deadlineMillis: number;
  readonly isTakenBack: boolean;
  readonly takenBack?: TakingBack | undefined;
  /** As the cluster says; until it has been asked (`at.found`), as whoever heard of the instance saw it. */
  readonly containerInstanceArn: string | null;
  /** When each step ended; the newest for `listed` (when that listing began) and `lookedFor`. */
  readonly at: Readonly<Partial<Record<DrainStepName, number>>>;
  readonly failures: Readonly<Record<string, Failure>>;
  /** By ARN. Only tasks that were seen on this very container instance. */
  readonly tasks: Readonly<Record<string, DrainTask>>;
}

export type DrainStepName = 'lookedFor' | 'found' | 'draining' | 'firstListed' | 'listed' | 'gone' | 'active';

/** A call that failed, the newest time; it is made again a little later. */
export interface Failure {
  readonly reason: string;
  readonly sinceMillis: number;
  readonly atMillis: number;
  readonly times: number;
}

export interface DrainTask {
  readonly taskArn: string;
  readonly definition: string;
  readonly service: string | null;
  readonly isDaemon: boolean;
  /** Null while it isn't known who sends requests to it: its ports aren't bound yet, or its service can't be read. */
  readonly targets: readonly DrainTarget[] | null;
  readonly seenAtMillis: number;
  /** When it was described last. */
  readonly lookedAtMillis: number;
  /** Somebody has asked for its end already. */
  readonly isStopping: boolean;
  readonly stopAskedAtMillis?: number;
  /** When it was seen to have stopped. */
  readonly stoppedAtMillis?: number;
  /** When it stopped, by the cluster's own clock. */
  readonly endedAtMillis?: number;
  readonly failure?: Failure;
}

export interface DrainTarget {
  readonly group: string;
  readonly id: string;
  readonly port: number;
  /** First try to deregister it, whether it went well or not. */
  readonly triedAtMillis?: number;
  /** Deregistered. */
  readonly askedAtMillis?: number;
  /** Since when it isn't listed. That alone confirms nothing: a task that has just begun is registered in a moment. */
  readonly unlistedAtMillis?: number;
  /** The balancer says that it sends nothing new; of one that stayed unlisted through the settling, its beginning. */
  readonly verifiedAtMillis?: number;
  /** Nothing is in flight any more. */
  readonly doneAtMillis?: number;
  /** Requests in flight when it was last looked at, where the balancer tells. */
  readonly inFlight?: number;
  /** Registered again, because the drain was taken back. */
  readonly restoredAtMillis?: number;
}

export interface KnownService {
  readonly isDaemon: boolean;
  readonly balancers: readonly KnownBalancer[];
  readonly readAtMillis: number;
}

export interface KnownBalancer {
  readonly group: string;
  readonly containerName: string;
  readonly containerPort: number;
}

export interface KnownDefinition {
  readonly stopTimeoutSeconds: number | null;
  /** It could not be read: the default counts until it can. */
  readonly failure?: Failure;
}

export interface KnownGroup {
  readonly polledAtMillis?: number;
  readonly askedAtMillis?: number;
  readonly failures: Readonly<Record<string, Failure>>;
}

export const emptyDrainState: DrainState = { drains: {}, services: {}, definitions: {}, groups: {} };

/** Figures that a plan keeps to. */
export interface DrainLimits {
  /** From the balancer's word to silence on the wire. */
  readonly settleMillis: number;
  /** Between the end of the last stop timeout and the instance's. */
  readonly marginMillis: number;
  /** Where a task definition says nothing: the agent's default. */
  readonly defaultStopTimeoutSeconds: number;
  /** What the drain may take of StopTask's bucket. */
  readonly stopsPerSecond: number;
  /** Slots of stops end so much before the latest instants: a token and the call itself take time, and plans are a moment old. */
  readonly stopLeadMillis: number;
  /** For so long a target that the balancer won't confirm holds its task's stop up beyond the latest instant. */
  readonly giveUpMillis: number;
  /** For so long targets wait for those of instances that are being read, so that a group is called once. */
  readonly gatherMillis: number;
  /** So long after the last news more are expected: instances are taken back together. */
  readonly quietMillis: number;
  /** A listing shows what happened this long before it. */
  readonly consistencyMillis: number;
  /** An instance that is DRAINING gets no new tasks, unless somebody sets it ACTIVE. */
  readonly relistMillis: number;
  readonly lookAgainMillis: number;
  readonly retryMillis: number;
  /** Descriptions of tasks whose end is awaited, in a second: what others wait for comes out of the same bucket. */
  readonly looksPerSecond: number;
  /** Groups whose health is read in a second. */
  readonly pollsPerSecond: number;
  /** An instance that isn't listed for so long is gone. */
  readonly missingMillis: number;
  /** A listing of the whole cluster is given up after so long: a step may not last longer than its function does. */
  readonly listingMillis: number;
  /** For so long after the deadline it is still tried. */
  readonly afterDeadlineMillis: number;
}

/** Stops: 36 of the 40 a second that ECS refills, so that the spreading holds when somebody else makes a few calls. */
export const drainLimits: DrainLimits = {
  settleMillis: 5_000,
  marginMillis: 5_000,
  defaultStopTimeoutSeconds: 30,
  stopsPerSecond: 36,
  stopLeadMillis: 500,
  giveUpMillis: 15_000,
  gatherMillis: 4_000,
  quietMillis: 600,
  consistencyMillis: 3_000,
  relistMillis: 30_000,
  lookAgainMillis: 3_000,
  retryMillis: 2_000,
  looksPerSecond: 5,
  pollsPerSecond: 5,
  missingMillis: 15_000,
  listingMillis: 25_000,
  afterDeadlineMillis: 180_000,
};

/** A spot instance has this long from its notice; taken where no source gives a deadline. */
export const noticeMillis = 120_000;
