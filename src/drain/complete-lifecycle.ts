import { pacedCall } from '../calls/paced-call.ts';
import type { LifecycleAction } from '../platform/ports/capacity-pool.ts';
import type { DrainPorts } from './drain-ports.ts';

/** Each hook waits for an answer of its own. */
export const hookOf = ({ lifecycleHookName, lifecycleActionToken }: LifecycleAction): string =>
  `${lifecycleHookName} ${lifecycleActionToken}`;

/** The lifecycle actions that wait for an instance: each hook of its group has one of its own. */
export const lifecycleActionsOf = (
  notices: readonly { readonly lifecycle?: LifecycleAction | undefined }[],
): readonly LifecycleAction[] => {
  const byHook = new Map<string, LifecycleAction>();
  for (const { lifecycle } of notices) if (lifecycle !== undefined) byHook.set(hookOf(lifecycle), lifecycle);
  return [...byHook.values()];
};

/**
 * Tells Auto Scaling that the instance may go, for every hook that waits for it; one that was told before, or waits no
 * more, is fine. All are tried before the first failure is thrown. Repeatable.
 *
 * No heartbeat is sent meanwhile for a hurried drain: a hook waits an hour unless its heartbeat timeout says less, and one
 * that waits less than the two minutes of a spot notice is over before any drain is.
 */
export const completeLifecycle = async (
  ports: Pick<DrainPorts, 'capacity' | 'pace' | 'time' | 'random'>,
  notices: readonly { readonly lifecycle?: LifecycleAction | undefined }[],
): Promise<void> => {
  const failures: unknown[] = [];
  for (const action of lifecycleActionsOf(notices)) {
    try {
      await pacedCall(ports, 'capacity', () => ports.capacity.completeLifecycleAction(action));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};
