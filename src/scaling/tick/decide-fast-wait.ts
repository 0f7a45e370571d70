/** An execution of fast-tick.asl.yml ticks for so long; a schedule, which goes no finer, starts the next one then. */
const minuteMillis = 60_000;

export interface FastWait {
  /** What is due after this minute is left to the next execution. */
  readonly done: boolean;
  /** Until something is due: whole seconds, as a state machine waits them. */
  readonly waitSeconds: number;
}

/**
 * How long a minute of ticks waits for its next one: until the first of the clusters is due. Rounded down, because a tick
 * may come a moment early and each moment of lateness would add up; a second at least. Instants in milliseconds since the
 * epoch.
 */
export const decideFastWait = (
  startedAtMillis: number,
  nowMillis: number,
  dueMillis: readonly number[],
): FastWait => {
  const waitSeconds = Math.max(1, Math.floor((Math.min(...dueMillis) - nowMillis) / 1000));
  return nowMillis + waitSeconds * 1000 < startedAtMillis + minuteMillis
    ? { done: false, waitSeconds }
    : { done: true, waitSeconds: 0 };
};
