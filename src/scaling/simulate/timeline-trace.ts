import type { LoadTrace } from './load-trace.ts';

/** Of a row of a run's timeline, what says how many requests were due in that second. */
export interface ScheduledRow {
  readonly second: number;
  /** Null in the row of all steps together. */
  readonly step: string | null;
  readonly scheduled: number | null;
  /** ISO 8601. */
  readonly time: string;
}

/** The load that a run was meant to send, whatever became of it. Undefined when it has no rows. */
export const timelineTrace = (rows: readonly ScheduledRow[], name: string): LoadTrace | undefined => {
  const whole = rows.filter(({ step, second }) => step === null && second >= 0);
  const seconds = whole.reduce((most, { second }) => Math.max(most, second + 1), 0);
  const first = whole[0];
  if (first === undefined) return undefined;
  const loads = new Float64Array(seconds);
  for (const { second, scheduled } of whole) loads[second] = scheduled ?? 0;
  const startMillis = Date.parse(first.time) - first.second * 1000;
  return { name, seconds, startMillis, loads: { '': (second) => loads[second] ?? 0 } };
};
