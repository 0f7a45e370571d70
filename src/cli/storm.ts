import type { DrainRecord } from '../drain/records/drain-record.ts';

/** Hibernation begins with its notice: there is nothing to simulate. */
export const stormCauses = ['spot', 'spot-stop', 'operator', 'lifecycle'] as const;

export interface StormRequest {
  /** That leave at the same time; as many stay. */
  readonly instances: number;
  /** On each instance. */
  readonly tasks: number;
  /** Target groups; each instance has a task of each at least. */
  readonly groups: number;
  readonly seed: number;
  readonly cause: (typeof stormCauses)[number];
  /** From the notice to the end of the instances; of spot instances it is 120. Of `lifecycle`, the hook's timeout. */
  readonly deadlineSeconds: number;
  /** Milliseconds since the epoch, whole seconds. */
  readonly startMillis: number;
}

/** What came of a storm. Seconds since its notices; null for what not every drain reached. */
export interface StormResult {
  readonly seed: number;
  readonly cause: StormRequest['cause'];
  readonly deadlineSeconds: number;
  readonly instances: { readonly leaving: number; readonly staying: number };
  readonly tasksPerInstance: number;
  readonly groups: number;
  readonly lastDeregistrationSeconds: number | null;
  readonly lastStopSeconds: number | null;
  readonly emptySeconds: number | null;
  /** Targets that the drains deregistered; ECS sees to those of tasks that it replaces in good time. */
  readonly targets: number;
  /** Tasks that the drains told to stop. */
  readonly stopsAsked: number;
  /** The smallest of all drains. */
  readonly marginSeconds: number | null;
  /** Drains that missed something. */
  readonly drainsThatMissed: number;
  readonly outcomes: Readonly<Partial<Record<DrainRecord['outcome'], number>>>;
  readonly calls: Readonly<Record<string, StormCalls>>;
  readonly requests: StormRequests;
}

export interface StormCalls {
  readonly made: number;
  readonly throttled: number;
  readonly failed: number;
}

export interface StormRequests {
  readonly sent: number;
  readonly failed: number;
  /** Sent to a task that accepted none any more. */
  readonly toDeadTarget: number;
  /** Accepted, and never answered. */
  readonly cutOff: number;
  /** Nobody was there to send them to. */
  readonly unserved: number;
}
