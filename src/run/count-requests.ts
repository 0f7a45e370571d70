import { arrivalSchedule } from '../plan/arrival-schedule.ts';
import type { Tally } from '../stats/tally.ts';
import { loadEndSeconds } from './run-documents.ts';
import type { RunRecord } from './summarise-run.ts';
import type { RequestCounts, WarmupCounts } from './summary.ts';

/** What thresholds and rates are over: the load without its warm-up. */
export interface MeasuredLoad {
  readonly seconds: number;
  /** Arrivals (closed model: iterations). */
  readonly scheduled: number;
  readonly dropped: number;
  /** Successful requests. */
  readonly completed: number;
}

export interface LoadCounts {
  readonly requests: RequestCounts;
  readonly warmup: WarmupCounts | null;
  readonly measured: MeasuredLoad;
}

/** Seconds of load: the stages, or up to the stop or, when the run failed, up to the last thing measured. */
export const ranSeconds = ({ plan, control, measurements, failure }: RunRecord): number => {
  if (control?.startAtMillis === undefined) return 0;
  const end = loadEndSeconds(plan, control);
  if (failure === undefined) return end;
  return Math.min(end, measurements.load.until);
};

/**
 * Open model: what was scheduled is computed from plan and epochs, not counted, so what nobody reports is `missed`,
 * whoever lost it. Closed model: an iteration is scheduled by being begun.
 */
export const countRequests = (record: RunRecord, loadSeconds: number): LoadCounts => {
  const { plan, control, measurements } = record;
  const { tally, load: sum, warmup: warm } = measurements;
  // Arrivals sent twice are counted apart (evidence), so that they don't make up for missed ones.
  const begun = sum.arrived + sum.dropped - tally.duplicated;
  const schedule =
    plan.load.model === 'closed' || control?.startAtMillis === undefined
      ? undefined
      : arrivalSchedule(plan, control.epochs);
  const scheduled = schedule?.countBefore(loadSeconds) ?? begun;
  const warmupSeconds = Math.min(plan.warmupSeconds, loadSeconds);
  const warmupScheduled = schedule?.countBefore(warmupSeconds) ?? warm.arrived + warm.dropped;
  const { started, completed, failed, dropped } = sum;
  return {
    requests: {
      scheduled,
      started,
      completed,
      failed,
      dropped,
      missed: Math.max(0, scheduled - begun),
      unfinished: Math.max(0, started - completed - failed),
    },
    warmup:
      plan.warmupSeconds === 0
        ? null
        : {
            seconds: warmupSeconds,
            scheduled: warmupScheduled,
            completed: warm.completed,
            failed: warm.failed,
            dropped: warm.dropped,
          },
    measured: {
      seconds: loadSeconds - warmupSeconds,
      scheduled: Math.max(0, scheduled - warmupScheduled),
      dropped: dropped - warm.dropped,
      completed: measuredCompleted(tally),
    },
  };
};

const measuredCompleted = (tally: Tally): number =>
  [...tally.steps.values()].reduce((sum, step) => sum + step.completed, 0);
