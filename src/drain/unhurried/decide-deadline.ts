import type { LeavingInstance } from '../leaving/leaving-document.ts';
import type { KnownHook } from './unhurried-progress.ts';

/** Auto Scaling waits for a hook no longer ("The maximum is 172800 seconds"), and no drain is looked after longer without a deadline. */
export const longestSeconds = 48 * 3600;
/** Heartbeats keep a hook waiting for so many of its timeouts ("100 times HeartbeatTimeout"). */
const mostHeartbeats = 100;

/** How long Auto Scaling waits for a hook in all, as its API documents it. */
export const globalSecondsOf = (heartbeatSeconds: number): number =>
  Math.min(longestSeconds, heartbeatSeconds * mostHeartbeats);

export interface UnhurriedDeadline {
  readonly deadlineMillis: number;
  /** It comes from a notice or a hook. */
  readonly isGiven: boolean;
}

/** When the instance goes: what a notice said, or when the first hook waits no longer. */
export const decideDeadline = (
  entry: Pick<LeavingInstance, 'deadlineMillis' | 'heardAtMillis'>,
  hooks: readonly KnownHook[],
): UnhurriedDeadline => {
  const given = hooks.filter((hook) => !hook.isGone).map((hook) => hook.endsAtMillis);
  if (entry.deadlineMillis !== null) given.push(entry.deadlineMillis);
  return given.length === 0
    ? { deadlineMillis: entry.heardAtMillis + longestSeconds * 1000, isGiven: false }
    : { deadlineMillis: Math.min(...given), isGiven: true };
};
