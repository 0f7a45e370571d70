export interface WaitFacts {
  readonly nowMillis: number;
  /** When the drain was first heard of; now, right after it was begun. */
  readonly sinceMillis: number;
  /** When something is to be done by the clock alone; null when never. */
  readonly dueAtMillis: number | null;
  /** The shortest timeout of the hooks that wait; null when none does. */
  readonly heartbeatSeconds: number | null;
  /** Drains without hurry that go on in the cluster, this one among them. */
  readonly drains: number;
}

const shortestSeconds = 15;
/** Drains may be due months from now. */
const longestSeconds = 6 * 3600;
/** While a hook waits, below the five minutes after which it wants its heartbeat at the latest. */
const longestOfHookSeconds = 240;
/** A heartbeat that fails is followed by another two before the hook times out. */
const heartbeatsInTime = 3;
const shareOfElapsed = 1 / 30;
/** All drains of a cluster together look once in it: a look takes about five calls of a bucket that refills 20 a second. */
const secondsForEach = 1;

/**
 * Until the next look. It grows with the time that a drain has taken, so that its end is seen at most a thirtieth later than
 * it comes, and the longest drain takes some 850 looks: an execution of Step Functions ends for good at 25,000 events, and a
 * look every minute for 48 hours would be more.
 */
export const decideWait = (facts: WaitFacts): number => {
  const { nowMillis, sinceMillis, dueAtMillis, heartbeatSeconds, drains } = facts;
  const elapsedSeconds = (nowMillis - sinceMillis) / 1000;
  const wanted = Math.max(shortestSeconds, elapsedSeconds * shareOfElapsed, drains * secondsForEach);
  const longest =
    heartbeatSeconds === null
      ? longestSeconds
      : Math.min(longestOfHookSeconds, Math.floor(heartbeatSeconds / heartbeatsInTime));
  const untilDue = dueAtMillis === null ? longest : Math.ceil((dueAtMillis - nowMillis) / 1000);
  return Math.max(1, Math.min(Math.round(wanted), longest, untilDue));
};
