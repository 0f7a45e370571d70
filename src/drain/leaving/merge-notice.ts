import type { InstanceLeaving } from './instance-leaving.ts';
import type { LeavingInstance } from './leaving-document.ts';

export type LeavingNotice = LeavingInstance['notices'][number];

/** In the order in which it is stored, so that equal notices are equal as text. */
const asNotice = (leaving: InstanceLeaving): LeavingNotice => ({
  instanceId: leaving.instanceId,
  cause: leaving.cause,
  noticedAtMillis: leaving.noticedAtMillis,
  deadlineMillis: leaving.deadlineMillis,
  ...(leaving.lifecycle === undefined
    ? {}
    : {
        lifecycle: {
          autoScalingGroupName: leaving.lifecycle.autoScalingGroupName,
          lifecycleHookName: leaving.lifecycle.lifecycleHookName,
          lifecycleActionToken: leaving.lifecycle.lifecycleActionToken,
          instanceId: leaving.lifecycle.instanceId,
        },
      }),
  ...(leaving.detail === undefined ? {} : { detail: leaving.detail }),
});

/** A group may have several hooks, and each waits for its own answer: none of their notices replaces another's. */
const kindOf = ({ cause, lifecycle }: LeavingNotice): string =>
  lifecycle === undefined
    ? cause
    : JSON.stringify([
        cause,
        lifecycle.autoScalingGroupName,
        lifecycle.lifecycleHookName,
        lifecycle.lifecycleActionToken,
      ]);

/** A total order, so that the newest of a kind and the order of all don't depend on which came first. */
const byAge = (a: LeavingNotice, b: LeavingNotice): number => {
  if (a.noticedAtMillis !== b.noticedAtMillis) return a.noticedAtMillis - b.noticedAtMillis;
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** The newest of each kind, oldest first; the array itself when it holds that notice or a newer one of its kind. */
export const mergeNotice = (notices: LeavingNotice[], leaving: InstanceLeaving): LeavingNotice[] => {
  const notice = asNotice(leaving);
  const kind = kindOf(notice);
  const known = notices.find((one) => kindOf(one) === kind);
  if (known !== undefined && byAge(known, notice) >= 0) return notices;
  return [...notices.filter((one) => one !== known), notice].sort(byAge);
};

/** Whether a lifecycle action is among those that are known. */
export const knowsLifecycle = (notices: readonly LeavingNotice[], leaving: InstanceLeaving): boolean => {
  const kind = kindOf(asNotice(leaving));
  return notices.some((one) => kindOf(one) === kind);
};
