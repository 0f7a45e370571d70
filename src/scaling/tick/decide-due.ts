/** Schedules are a few seconds late or early; a fast tick is at most a second. */
const slackPart = 0.2;
const mostSlackMillis = 15_000;

/** Between two ticks that events ask for. */
export const eventEveryMillis = 10_000;

/** Whether a scheduled tick is due. */
export const isDue = (
  lastMillis: number | null | undefined,
  everySeconds: number,
  nowMillis: number,
): boolean => {
  if (lastMillis === null || lastMillis === undefined) return true;
  const everyMillis = everySeconds * 1000;
  return nowMillis - lastMillis >= everyMillis - Math.min(mostSlackMillis, everyMillis * slackPart);
};

/** How much later than its interval a scheduled tick begins, in seconds; the first one is never late. */
export const lateSecondsOf = (
  lastMillis: number | null | undefined,
  everySeconds: number,
  nowMillis: number,
): number =>
  lastMillis === null || lastMillis === undefined
    ? 0
    : Math.max(0, (nowMillis - lastMillis) / 1000 - everySeconds);
