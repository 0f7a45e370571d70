import { describe, expect, it } from 'vitest';
import type { Threshold } from '../../src/plan/plan.ts';
import { evaluateThresholds } from '../../src/stats/evaluate-thresholds.ts';
import { emptyTally } from '../../src/stats/tally.ts';
import { type Sample, tallyOf } from './builders.ts';

const samples: readonly Sample[] = [
  ...Array.from({ length: 99 }, (): Sample => ({ kind: 'completed', step: 0, at: 0, micros: 10_000 })),
  { kind: 'completed', step: 1, at: 0, micros: 500_000 },
  { kind: 'failed', step: 1, at: 0, micros: 30_000_000 },
];
const basis = { scheduled: 110, dropped: 9, seconds: 10 };

const judge = (threshold: Threshold) => evaluateThresholds([threshold], tallyOf(samples), basis)[0];

describe('thresholds', () => {
  it('judge percentiles of successful requests only, over all steps or one', () => {
    const p99 = {
      figure: 'percentile',
      percentile: 99,
      metric: 'response',
      comparison: '<',
      limitMillis: 11,
    } as const;
    expect(judge({ text: 'a', ...p99 })).toMatchObject({
      met: true,
      count: 100,
      population: 'successful requests',
    });
    expect(judge({ text: 'b', ...p99, percentile: 100 })).toMatchObject({ met: false });
    expect(judge({ text: 'c', ...p99, step: 'POST /b' })).toMatchObject({
      met: false,
      count: 1,
      population: 'successful requests of POST /b',
    });
  });

  it('judge failures as failed and dropped over scheduled', () => {
    const failures = { figure: 'failures', comparison: '<=', limitFraction: 10 / 110 } as const;
    expect(judge({ text: 'f', ...failures })).toMatchObject({ value: 10 / 110, met: true, count: 110 });
    expect(judge({ text: 'f', ...failures, comparison: '<' })).toMatchObject({ met: false });
    expect(judge({ text: 'g', ...failures, step: 'POST /b' })).toMatchObject({
      value: 0.5,
      met: false,
      count: 2,
    });
  });

  it('judge mean and rate', () => {
    const mean = { figure: 'mean', metric: 'service', comparison: '<', limitMillis: 20 } as const;
    expect(judge({ text: 'm', ...mean })).toMatchObject({ met: true });
    expect(judge({ text: 'r', figure: 'rate', comparison: '>=', limitPerSecond: 10 })).toMatchObject({
      value: 10,
      met: true,
    });
  });

  it('are not met by nothing', () => {
    const threshold = {
      text: 'p',
      figure: 'percentile',
      percentile: 50,
      metric: 'response',
      comparison: '<',
      limitMillis: 1,
    } as const;
    const [result] = evaluateThresholds([threshold], emptyTally(), {
      scheduled: 0,
      dropped: 0,
      seconds: 0,
    });
    expect(result).toMatchObject({ value: null, met: false, count: 0 });
  });
});
