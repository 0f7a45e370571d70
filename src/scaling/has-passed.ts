/**
 * A wait counts as over up to 5 s early, or a tenth of it, whichever is less. Ticks come a moment early or late: without it, a wait
 * of as long as the interval would lose every second tick.
 */
const mostSlackSeconds = 5;
const slackPart = 0.1;

/** Whether a wait that began then is over. @param sinceMillis Null for one that never began. */
export const hasPassed = (sinceMillis: number | null, seconds: number, atMillis: number): boolean =>
  sinceMillis === null ||
  (atMillis - sinceMillis) / 1000 >= seconds - Math.min(mostSlackSeconds, seconds * slackPart);
