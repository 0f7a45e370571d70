import { createHash } from 'node:crypto';
import { BadInputError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { RunSchedule, RunSchedules } from '../platform/ports/run-schedules.ts';

/** What schedules stand on. */
export interface SchedulePorts {
  readonly store: ObjectStore;
  readonly schedules: RunSchedules;
}

export interface ScheduleRequest extends Omit<RunSchedule, 'plan'> {
  readonly plan: Plan;
  /** Contents of `uploads/…` keys that the plan names and that may not be in the store yet. */
  readonly uploads: ReadonlyMap<string, Uint8Array>;
}

const scheduleName = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/;

/** Where the plans of a schedule lie; ends with a slash. */
export const schedulePrefix = (name: string): string => `schedules/${name}/`;

const requireName = (name: string): void => {
  if (scheduleName.test(name)) return;
  throw new BadInputError(
    `"${name}" can't be the name of a schedule: expected up to 64 letters, digits, -, _ and ., not beginning with a dot`,
  );
};

/**
 * Creates a schedule or replaces the one of that name. The plan's key holds its digest, so a schedule is replaced
 * whole: one whose expression is refused leaves the plan that runs today alone. Throws `BadInput`.
 */
export const scheduleRun = async (
  { store, schedules }: SchedulePorts,
  { plan, uploads, name, expression, timezone, enabled }: ScheduleRequest,
): Promise<RunSchedule> => {
  requireName(name);
  for (const [key, body] of uploads) await store.put(key, body, { ifAbsent: true });
  const text = JSON.stringify(plan);
  const key = `${schedulePrefix(name)}${createHash('sha256').update(text).digest('hex')}.json`;
  await store.put(key, new TextEncoder().encode(text));
  const schedule = { name, expression, timezone, enabled, plan: key };
  await schedules.put(schedule);
  return schedule;
};

/** Removes a schedule and its plans; runs that it started go on. False when there is none. */
export const unscheduleRun = async ({ store, schedules }: SchedulePorts, name: string): Promise<boolean> => {
  requireName(name);
  const deleted = await schedules.delete(name);
  for await (const key of store.list(schedulePrefix(name))) await store.delete(key);
  return deleted;
};
