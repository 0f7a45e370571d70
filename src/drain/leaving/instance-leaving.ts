import type { LifecycleAction } from '../../platform/ports/capacity-pool.ts';

/**
 * An instance is going away: what every source of such news is turned into (parse-notice.ts). Equal news may come
 * several times, in any order.
 */
export interface InstanceLeaving {
  /** `i-…` */
  readonly instanceId: string;
  readonly cause: LeavingCause;
  /** When the source says that it happened; milliseconds since the epoch. */
  readonly noticedAtMillis: number;
  /** When the instance is gone, as far as the source says; null when nobody knows. */
  readonly deadlineMillis: number | null;
  /** Auto Scaling waits to be told that the instance may go. */
  readonly lifecycle?: LifecycleAction;
  /** Where whoever heard of it has just seen it. */
  readonly containerInstanceArn?: string;
  /** Who asked, for `operator`; what AWS calls the event, for `health`. */
  readonly detail?: string;
}

/**
 * `hibernating`: hibernation begins with the notice, there are no two minutes. `stopping`: the instance is shutting down
 * or stopping already. `gone`: it has stopped or was terminated; what is left is to tidy up behind it.
 */
export type LeavingCause =
  | 'spot-terminate'
  | 'spot-stop'
  | 'spot-hibernate'
  | 'rebalance'
  | 'stopping'
  | 'gone'
  | 'lifecycle'
  | 'health'
  | 'operator';
