import type { StartRequest } from './run-api.ts';
import type { RunSchedule } from './run-schedules.ts';

/** The schedules of a stack, for the command line. Throws as `RunApi` does. */
export interface ScheduleApi {
  /** Creates it or replaces the one of that name. Throws `PlanRefused`, `BadInput`. */
  put(schedule: NewSchedule, request: StartRequest): Promise<void>;
  /** By name. */
  list(): Promise<readonly ListedSchedule[]>;
  /** False when there is none. */
  delete(name: string): Promise<boolean>;
}

export type NewSchedule = Pick<RunSchedule, 'name' | 'expression' | 'timezone'>;

export type ListedSchedule = Omit<RunSchedule, 'plan'>;
