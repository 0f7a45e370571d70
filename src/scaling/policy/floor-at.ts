import { Cron } from 'croner';
import type { Floor } from './scaling-policy.ts';

/** A floor's schedule: the first time after `reference`, and that it is known to be the first after everything in between. */
interface FloorSchedule {
  readonly cron: Cron;
  referenceMillis: number;
  /** Infinity when it never comes again. */
  nextMillis: number;
}

/** Looking a time up in a time zone takes long, and ticks ask again and again about times in ascending order. */
const schedules = new WeakMap<Floor, FloorSchedule>();

/** Five fields; a day of the month and a weekday together mean either, as crontab(5) has it. */
export const readCron = (cron: string, timezone: string): Cron =>
  new Cron(cron, { timezone, mode: '5-part', paused: true });

const scheduleOf = (floor: Floor): FloorSchedule => {
  const known = schedules.get(floor);
  if (known !== undefined) return known;
  const cron = readCron(floor.cron, floor.timezone);
  const schedule = { cron, referenceMillis: Number.POSITIVE_INFINITY, nextMillis: Number.NEGATIVE_INFINITY };
  schedules.set(floor, schedule);
  return schedule;
};

/** The first time that the floor's cron names after an instant; Infinity when there is none. */
const nextAfter = (floor: Floor, millis: number): number => {
  const schedule = scheduleOf(floor);
  if (millis < schedule.referenceMillis || millis >= schedule.nextMillis) {
    schedule.nextMillis = schedule.cron.nextRun(new Date(millis))?.getTime() ?? Number.POSITIVE_INFINITY;
    schedule.referenceMillis = millis;
  }
  return schedule.nextMillis;
};

/** Whether the floor holds: from each time that its cron names, that instant included, to the one `seconds` later, excluded. */
export const isFloorOn = (floor: Floor, atMillis: number): boolean =>
  nextAfter(floor, atMillis - floor.seconds * 1000) <= atMillis;

/**
 * The highest of the floors that hold at an instant; 0 when none does. Local times that a clock change skips or repeats:
 * a time of day in the gap comes right after it, one that occurs twice counts once, and "every so many minutes" go by the
 * hours that there are.
 */
export const floorAt = (floors: readonly Floor[], atMillis: number): number =>
  floors.reduce(
    (highest, floor) => (floor.minimum > highest && isFloorOn(floor, atMillis) ? floor.minimum : highest),
    0,
  );
