import * as z from 'zod/mini';

/** What EventBridge Scheduler hands to functions/start-scheduled-run.ts; the angle brackets are its own placeholder. */
const scheduleInput = z.object({ schedule: z.string(), plan: z.string(), time: z.string() });

export const writeScheduleInput = (schedule: string, plan: string): string =>
  JSON.stringify({ schedule, plan, time: '<aws.scheduler.scheduled-time>' });

/** The stored plan's key; undefined for a schedule that was not made here. */
export const planOfScheduleInput = (input: string | undefined): string | undefined => {
  try {
    return scheduleInput.safeParse(JSON.parse(input ?? '')).data?.plan;
  } catch {
    return undefined;
  }
};
