import { pacedCall } from '../../calls/paced-call.ts';
import type { LifecycleAction } from '../../platform/ports/capacity-pool.ts';
import { hookOf } from '../complete-lifecycle.ts';
import { reasonOf } from '../coordinator/drain-session.ts';
import { mergeDrain, mergeDrainFailure, without } from '../coordinator/merge-facts.ts';
import { globalSecondsOf, longestSeconds } from './decide-deadline.ts';
import type { UnhurriedPorts } from './unhurried-ports.ts';
import { drainOf, type KnownHook, type UnhurriedProgress } from './unhurried-progress.ts';

type HookPorts = Pick<UnhurriedPorts, 'capacity' | 'pace' | 'time' | 'random'>;

/** A hook whose settings can't be read is taken for one that waits as long as any does. */
const readHook = async (
  ports: HookPorts,
  action: LifecycleAction,
  noticedAtMillis: number,
): Promise<KnownHook> => {
  const heartbeatSeconds = await pacedCall(ports, 'capacity', () =>
    ports.capacity.heartbeatSeconds(action),
  ).catch(() => null);
  const seconds = heartbeatSeconds === null ? longestSeconds : globalSecondsOf(heartbeatSeconds);
  return { heartbeatSeconds, endsAtMillis: noticedAtMillis + seconds * 1000, isGone: false };
};

/**
 * A heartbeat for each hook that waits for the instance. What fails is noted, and done again at the next look. A hook that an
 * earlier drain of the instance let go (`previousMillis`: when that ended) is none of this one's.
 */
export const keepHooksWaiting = async (
  ports: HookPorts,
  progress: UnhurriedProgress,
  previousMillis = 0,
): Promise<UnhurriedProgress> => {
  const { drainId } = progress;
  const hooks: Record<string, KnownHook> = { ...progress.hooks };
  let state = progress.state;
  for (const { lifecycle, noticedAtMillis } of drainOf(progress).notices) {
    if (lifecycle === undefined) continue;
    const name = hookOf(lifecycle);
    const hook = hooks[name] ?? (await readHook(ports, lifecycle, noticedAtMillis));
    hooks[name] = hook;
    if (hook.isGone) continue;
    try {
      const heard = await pacedCall(ports, 'capacity', () => ports.capacity.recordHeartbeat(lifecycle));
      hooks[name] = { ...hook, isGone: heard === 'gone' };
      if (heard === 'gone' && noticedAtMillis <= previousMillis) delete hooks[name];
      state = mergeDrain(state, drainId, (drain) => ({
        ...drain,
        failures: without(drain.failures, 'heartbeat'),
      }));
    } catch (error) {
      state = mergeDrainFailure(state, [drainId], 'heartbeat', reasonOf(error), ports.time.nowMillis());
    }
  }
  return { ...progress, state, hooks };
};

/** The coordinator sends no heartbeats, and may take until some minutes after the deadline, five minutes from now at most. */
const longestHandOverSeconds = 900;

/** Whether a drain that is the coordinator's now has a hook that would not wait until its end. */
export const isStandingBy = (progress: UnhurriedProgress): boolean =>
  progress.outcome === 'handed-over' &&
  (shortestHeartbeatSeconds(progress) ?? longestHandOverSeconds) < longestHandOverSeconds;

/** The shortest of the hooks that wait; null when none does, or none says. */
export const shortestHeartbeatSeconds = ({ hooks }: UnhurriedProgress): number | null => {
  const waiting = Object.values(hooks).filter(({ isGone }) => !isGone);
  if (waiting.length === 0) return null;
  return Math.min(...waiting.map(({ heartbeatSeconds }) => heartbeatSeconds ?? 3600));
};
