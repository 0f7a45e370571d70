import { isTakenBack, takingBackOf } from '../leaving/is-taken-back.ts';
import type { LeavingDocument, LeavingInstance } from '../leaving/leaving-document.ts';
import { type Drain, type DrainState, noticeMillis } from './drain-state.ts';

const deadlineOf = (entry: LeavingInstance): number => {
  if (entry.deadlineMillis !== null) return entry.deadlineMillis;
  const noticed = entry.notices.map((notice) => notice.noticedAtMillis);
  return Math.min(entry.heardAtMillis, ...noticed) + noticeMillis;
};

/** The coordinator's: hurried, and not ended. */
export const isToBeDrained = (entry: LeavingInstance): boolean =>
  entry.pace === 'hurried' && entry.endedAtMillis === undefined;

const join = (known: Drain | undefined, entry: LeavingInstance, nowMillis: number): Drain => ({
  drainId: entry.drainId,
  instanceId: entry.instanceId,
  notices: entry.notices,
  heardAtMillis: entry.heardAtMillis,
  joinedAtMillis: known?.joinedAtMillis ?? nowMillis,
  deadlineMillis: deadlineOf(entry),
  isTakenBack: isTakenBack(entry),
  ...takingBackOf(entry),
  containerInstanceArn: known?.containerInstanceArn ?? entry.containerInstanceArn ?? null,
  at: known?.at ?? {},
  failures: known?.failures ?? {},
  tasks: known?.tasks ?? {},
});

/** The state as the leaving document has it now: who is new joins, deadlines and notices follow, what ended is dropped. */
export const joinLeaving = (state: DrainState, leaving: LeavingDocument, nowMillis: number): DrainState => ({
  ...state,
  drains: Object.fromEntries(
    Object.values(leaving.instances)
      .filter(isToBeDrained)
      .map((entry) => [entry.drainId, join(state.drains[entry.drainId], entry, nowMillis)]),
  ),
});
