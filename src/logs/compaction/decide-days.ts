import { addDays, dayOf, dayStartMillis, daysFrom, dayText, type UtcDay } from '../layout/utc-day.ts';

/** How long after its end a day's last buffers are waited for. What comes later still is read, and compacted by itself. */
export const closedAfterMillis = 3 * 3_600_000;

/** Pure: the days, oldest first, that are over and still kept, and come after one that was dealt with (`2026-11-20`). */
export const decideDays = (
  found: readonly UtcDay[],
  {
    nowMillis,
    retentionDays,
    after,
  }: {
    readonly nowMillis: number;
    readonly retentionDays: number;
    /** Empty: from the oldest. */
    readonly after: string;
  },
): readonly UtcDay[] => {
  const today = dayOf(nowMillis);
  return found
    .filter(
      (day) =>
        dayStartMillis(addDays(day, 1)) + closedAfterMillis <= nowMillis &&
        daysFrom(day, today) <= retentionDays &&
        dayText(day) > after,
    )
    .sort((a, b) => daysFrom(b, a));
};
