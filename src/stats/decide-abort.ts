import { arrivalSchedule } from '../plan/arrival-schedule.ts';
import type { Epoch } from '../plan/epochs.ts';
import { shapeSeconds } from '../plan/load-shape.ts';
import type { AbortCondition, Plan, Threshold } from '../plan/plan.ts';
import { compare, limitOf } from './evaluate-thresholds.ts';
import { millisOf } from './latency.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { SecondTally } from './tally.ts';

/** Up to which second of the run every worker alive has reported: at this look, and at the one before. */
export interface Coverage {
  readonly until: number;
  readonly before: number;
}

/** What was measured in the seconds that windows look at, merged over all workers. */
export interface RecentSeconds {
  readonly seconds: ReadonlyMap<number, SecondTally>;
  /** The part of them that belongs to the warm-up. */
  readonly warmup: ReadonlyMap<number, SecondTally>;
}

/** Whole seconds of the run, `to` not included. */
export interface AbortWindow {
  readonly condition: AbortCondition;
  readonly from: number;
  readonly to: number;
}

export interface AbortDecision {
  /** As written in the plan. */
  readonly condition: string;
  /** `failures > 20% held over the last 10 s (43.1 %)`. */
  readonly reason: string;
}

/** A window is looked at again when a tenth of it is new: looking at 10 minutes each second would mean reading them each second. */
const windowSteps = 10;

/**
 * The windows that became whole between two looks, the earliest first. They lie in the measured load: not in the
 * warm-up, and not after the last arrival. What one look goes back to is bounded: after a long time without coverage
 * the windows of the last window's length are enough.
 */
export const planAbortWindows = (
  plan: Pick<Plan, 'abortOn' | 'load' | 'warmupSeconds'>,
  { until, before }: Coverage,
): readonly AbortWindow[] => {
  const covered = Math.floor(Math.min(until, shapeSeconds(plan.load.stages)));
  const windows = plan.abortOn.flatMap((condition) => {
    const length = Math.ceil(condition.windowSeconds);
    const step = Math.max(1, Math.floor(length / windowSteps));
    const first = Math.ceil(plan.warmupSeconds) + length;
    const done = Math.max(before, covered - length);
    const seen = done < first ? 0 : Math.floor((done - first) / step) + 1;
    const found: AbortWindow[] = [];
    for (let to = first + seen * step; to <= covered; to += step)
      found.push({ condition, from: to - length, to });
    return found;
  });
  return windows.sort((a, b) => a.to - b.to);
};

/** The first of the windows in which its condition holds; undefined when none does. */
export const decideAbort = (
  plan: Plan,
  epochs: readonly Epoch[],
  windows: readonly AbortWindow[],
  recent: RecentSeconds,
): AbortDecision | undefined => {
  for (const window of windows) {
    const { when } = window.condition;
    const value = figureIn(plan, epochs, window, recent);
    if (value === undefined || !compare[when.comparison](value, limitOf(when))) continue;
    return {
      condition: when.text,
      reason: `${when.text} held over the last ${window.to - window.from} s (${describe(when, value)})`,
    };
  }
  return undefined;
};

/** Undefined when there was nothing to judge: an empty population never holds. */
const figureIn = (
  plan: Plan,
  epochs: readonly Epoch[],
  { condition: { when }, from, to }: AbortWindow,
  recent: RecentSeconds,
): number | undefined => {
  const sum = sumOf(recent, from, to);
  switch (when.figure) {
    case 'percentile':
    case 'mean': {
      const histogram = histogramOf(recent, from, to, when.metric);
      const micros =
        when.figure === 'mean' ? histogram.meanMicros() : histogram.percentileMicros(when.percentile);
      return micros === null ? undefined : millisOf(micros);
    }
    case 'failures':
      return when.step === undefined
        ? // Failed requests may be of arrivals that were due before the window.
          shareOf(sum.failed + sum.dropped, sum.arrived + sum.dropped)
        : failedShareOf(recent, from, to, when.step);
    case 'rate':
      return isSent(plan, epochs, from, to, sum.arrived + sum.dropped)
        ? sum.completed / (to - from)
        : undefined;
  }
};

const shareOf = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : Math.min(1, part / whole);

/** More missing arrivals than this, and a low rate is the generator's fault. Those due in a window's last milliseconds may be reported after it. */
const mostMissing = 0.02;

/** Whether the generator did its part; the closed model has no schedule to tell by. */
const isSent = (
  plan: Plan,
  epochs: readonly Epoch[],
  from: number,
  to: number,
  arrivals: number,
): boolean => {
  if (plan.load.model === 'closed') return true;
  const schedule = arrivalSchedule(plan, epochs);
  return arrivals >= (schedule.countBefore(to) - schedule.countBefore(from)) * (1 - mostMissing) - 1;
};

type Count = 'arrived' | 'dropped' | 'completed' | 'failed';

/** Measured counts: all but the warm-up's, whose last requests end in the seconds after it. */
const sumOf = (recent: RecentSeconds, from: number, to: number): Readonly<Record<Count, number>> => {
  const sum = { arrived: 0, dropped: 0, completed: 0, failed: 0 };
  const add = (rows: ReadonlyMap<number, SecondTally>, sign: 1 | -1): void => {
    for (let second = from; second < to; second++) {
      const row = rows.get(second);
      if (row === undefined) continue;
      sum.arrived += sign * row.arrived;
      sum.dropped += sign * row.dropped;
      sum.completed += sign * row.completed;
      sum.failed += sign * row.failed;
    }
  };
  add(recent.seconds, 1);
  add(recent.warmup, -1);
  return sum;
};

const failedShareOf = (recent: RecentSeconds, from: number, to: number, step: string): number | undefined => {
  let completed = 0;
  let failed = 0;
  for (let second = from; second < to; second++) {
    const all = recent.seconds.get(second)?.steps.get(step);
    const warmup = recent.warmup.get(second)?.steps.get(step);
    completed += (all?.completed ?? 0) - (warmup?.completed ?? 0);
    failed += (all?.failed ?? 0) - (warmup?.failed ?? 0);
  }
  return shareOf(failed, completed + failed);
};

const histogramOf = (
  recent: RecentSeconds,
  from: number,
  to: number,
  metric: 'response' | 'service',
): LatencyHistogram => {
  const histogram = new LatencyHistogram(2);
  for (let second = from; second < to; second++) {
    const row = recent.seconds.get(second);
    const warmup = recent.warmup.get(second);
    if (row !== undefined) histogram.add(row[metric]);
    if (warmup !== undefined) histogram.subtract(warmup[metric]);
  }
  return histogram;
};

const describe = (when: Threshold, value: number): string => {
  switch (when.figure) {
    case 'percentile':
    case 'mean':
      return `${value < 100 ? value.toPrecision(3) : value.toFixed(0)} ms`;
    case 'failures':
      return `${(value * 100).toFixed(1)}%`;
    case 'rate':
      return `${value.toFixed(1)}/s`;
  }
};
