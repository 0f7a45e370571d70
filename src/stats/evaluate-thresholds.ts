import type { Threshold } from '../plan/plan.ts';
import { millisOf } from './latency.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { Tally } from './tally.ts';

/** `value` is in the threshold's own unit (ms, fraction, per second); null when the population is empty, which never meets it. */
export interface ThresholdResult {
  readonly text: string;
  readonly value: number | null;
  readonly met: boolean;
  /** What was counted, in words, and how many. */
  readonly population: string;
  readonly count: number;
}

/** What thresholds are judged on, beside the tally's steps: the load without its warm-up. */
export interface ThresholdBasis {
  /** Arrivals (closed model: iterations). */
  readonly scheduled: number;
  readonly dropped: number;
  /** For rates. */
  readonly seconds: number;
}

type Figure = Pick<ThresholdResult, 'value' | 'population' | 'count'>;

const latencyFigure = (threshold: Extract<Threshold, { metric: unknown }>, tally: Tally): Figure => {
  const histogram = new LatencyHistogram(3);
  for (const [name, step] of tally.steps) {
    if (threshold.step === undefined || threshold.step === name) histogram.add(step[threshold.metric]);
  }
  const micros =
    threshold.figure === 'mean' ? histogram.meanMicros() : histogram.percentileMicros(threshold.percentile);
  return {
    value: micros === null ? null : millisOf(micros),
    population: `successful requests${threshold.step === undefined ? '' : ` of ${threshold.step}`}`,
    count: histogram.count,
  };
};

/** failures = (failed + dropped) / scheduled: a failed step ends its arrival, so an arrival fails at most once. */
const failuresFigure = (step: string | undefined, tally: Tally, basis: ThresholdBasis): Figure => {
  if (step !== undefined) {
    const { completed, failed } = tally.steps.get(step) ?? { completed: 0, failed: 0 };
    const count = completed + failed;
    return { value: count === 0 ? null : failed / count, population: `requests of ${step}`, count };
  }
  let failed = 0;
  for (const counts of tally.steps.values()) failed += counts.failed;
  const value = basis.scheduled === 0 ? null : (failed + basis.dropped) / basis.scheduled;
  return { value, population: 'scheduled arrivals', count: basis.scheduled };
};

const rateFigure = (tally: Tally, basis: ThresholdBasis): Figure => {
  let completed = 0;
  for (const counts of tally.steps.values()) completed += counts.completed;
  const value = basis.seconds === 0 ? null : completed / basis.seconds;
  return { value, population: 'successful requests', count: completed };
};

export const compare: Readonly<Record<Threshold['comparison'], (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

const figureOf = (threshold: Threshold, tally: Tally, basis: ThresholdBasis): Figure => {
  switch (threshold.figure) {
    case 'percentile':
    case 'mean':
      return latencyFigure(threshold, tally);
    case 'failures':
      return failuresFigure(threshold.step, tally, basis);
    case 'rate':
      return rateFigure(tally, basis);
  }
};

/** In the threshold's own unit: ms, fraction, per second. */
export const limitOf = (threshold: Threshold): number => {
  switch (threshold.figure) {
    case 'percentile':
    case 'mean':
      return threshold.limitMillis;
    case 'failures':
      return threshold.limitFraction;
    case 'rate':
      return threshold.limitPerSecond;
  }
};

/** Judges each threshold on the merged tally of the whole run, whose steps hold nothing of the warm-up. */
export const evaluateThresholds = (
  thresholds: readonly Threshold[],
  tally: Tally,
  basis: ThresholdBasis,
): readonly ThresholdResult[] =>
  thresholds.map((threshold) => {
    const figure = figureOf(threshold, tally, basis);
    const met = figure.value !== null && compare[threshold.comparison](figure.value, limitOf(threshold));
    return { text: threshold.text, ...figure, met };
  });
