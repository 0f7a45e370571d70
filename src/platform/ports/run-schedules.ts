/** The schedule port: runs that start by the clock. Throws `ServiceUnavailable` when a call fails in a way that may pass. */
export interface RunSchedules {
  /** Creates it, or replaces the one of that name. Throws `BadInput` when the expression is not understood. */
  put(schedule: RunSchedule): Promise<void>;
  /** By name. */
  list(): Promise<readonly RunSchedule[]>;
  /** False when there is none. */
  delete(name: string): Promise<boolean>;
}

export interface RunSchedule {
  /** Letters, digits, `-`, `_`, `.`; 1 to 64. */
  readonly name: string;
  /** `cron(…)`, `rate(…)` or `at(…)`, as EventBridge Scheduler writes them. */
  readonly expression: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timezone: string;
  readonly enabled: boolean;
  /** Key of the stored plan. */
  readonly plan: string;
}
