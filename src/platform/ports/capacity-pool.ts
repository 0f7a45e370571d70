/**
 * The capacity pool port: where instances come from and go to. Throws `CallThrottled`, `CapacityUnavailable` when a call
 * fails in a way that may pass, else `CapacityRefused`. Bucket of all: capacity.
 */
export interface CapacityPool {
  /** The instance may go. `gone` when nobody waits for it any more: it was completed, abandoned or timed out. */
  completeLifecycleAction(action: LifecycleAction): Promise<'completed' | 'gone'>;
  /** The hook's timeout begins again. */
  recordHeartbeat(action: LifecycleAction): Promise<'recorded' | 'gone'>;
  /** How long the action's hook waits for a heartbeat; null when there is no such hook. */
  heartbeatSeconds(action: LifecycleAction): Promise<number | null>;
}

/** An Auto Scaling lifecycle hook that waits for an instance to be drained. */
export interface LifecycleAction {
  readonly autoScalingGroupName: string;
  readonly lifecycleHookName: string;
  readonly lifecycleActionToken: string;
  readonly instanceId: string;
}
