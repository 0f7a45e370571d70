import type { InstanceLeaving } from './instance-leaving.ts';
import { isCertain } from './is-taken-back.ts';
import type { LeavingInstance } from './leaving-document.ts';
import { knowsLifecycle, type LeavingNotice } from './merge-notice.ts';

/** An instance that was drained is usually terminated next: that is no reason to drain it again. */
const aftermathMillis = 300_000;

/**
 * Whether news of an instance are about more than its last drain, which has ended or was taken back. A lifecycle action
 * that isn't known is always: somebody waits for its completion. So is, after a drain was taken back, that the instance goes
 * all the same: nobody can have known when it was. All else is by the time when it was noticed.
 */
export const isNewsAfter = (
  previous: NonNullable<LeavingInstance['previous']>,
  notices: readonly LeavingNotice[],
  leaving: InstanceLeaving,
): boolean => {
  const { cause, lifecycle, noticedAtMillis } = leaving;
  if (lifecycle !== undefined) return !knowsLifecycle(notices, leaving);
  if (previous.how === 'cancelled') return isCertain(cause) || noticedAtMillis > previous.atMillis;
  const isAftermath = cause === 'stopping' || cause === 'gone';
  return noticedAtMillis > previous.atMillis + (isAftermath ? aftermathMillis : 0);
};
