import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstEpoch } from '../../src/plan/epochs.ts';
import type { AbortCondition, Plan, Threshold } from '../../src/plan/plan.ts';
import { decideAbort, planAbortWindows } from '../../src/stats/decide-abort.ts';
import { LatencyHistogram } from '../../src/stats/latency-histogram.ts';
import { aPlan, openLoad } from '../plan/a-plan.ts';
import { mergeAll, type Sample, stepNames, tallyOf } from './builders.ts';

const failures: Threshold = {
  text: 'failures > 20%',
  figure: 'failures',
  comparison: '>',
  limitFraction: 0.2,
};
const lowRate: Threshold = { text: 'rate < 90', figure: 'rate', comparison: '<', limitPerSecond: 90 };
const slow: Threshold = {
  text: 'p95(response) > 2s',
  figure: 'percentile',
  percentile: 95,
  metric: 'response',
  comparison: '>',
  limitMillis: 2000,
};

const condition = (when: Threshold, windowSeconds: number): AbortCondition => ({
  text: `${when.text} over ${windowSeconds}s`,
  when,
  windowSeconds,
});

const steady = (seconds: number, rate: number) => openLoad([{ seconds, from: rate, to: rate }]);

const aborting = (when: Threshold, windowSeconds: number, overrides: Partial<Plan> = {}): Plan =>
  aPlan({ load: steady(60, 100), abortOn: [condition(when, windowSeconds)], ...overrides });

const decide = (plan: Plan, samples: readonly Sample[], until: number, before = until - 1) => {
  const tally = tallyOf(samples, plan.warmupSeconds);
  return decideAbort(plan, [firstEpoch(1)], planAbortWindows(plan, { until, before }), tally);
};

/** One arrival and its request in each hundredth of the seconds. */
const load = (
  from: number,
  to: number,
  request: (index: number) => Pick<Extract<Sample, { step: number }>, 'kind' | 'micros'> | undefined,
): readonly Sample[] =>
  Array.from({ length: (to - from) * 100 }, (_, index): readonly Sample[] => {
    const at = from * 1e6 + index * 10_000;
    const played = request(index);
    const arrived: Sample = { kind: 'arrived', at, micros: 0 };
    return played === undefined
      ? [arrived]
      : [arrived, { ...played, step: index % 2, at: at + played.micros }];
  }).flat();

const good = { kind: 'completed', micros: 5000 } as const;
const bad = { kind: 'failed', micros: 5000 } as const;

describe('ending a run early', () => {
  it('says which condition held, over what, and the figure', () => {
    const plan = aborting(failures, 10);
    const samples = load(0, 20, (index) => (index >= 1000 && index % 2 === 0 ? bad : good));
    expect(decide(plan, samples, 10)).toBeUndefined();
    expect(decide(plan, samples, 20)).toEqual({
      condition: 'failures > 20%',
      reason: 'failures > 20% held over the last 10 s (50.0%)',
    });
  });

  it('takes the earliest window in which one holds', () => {
    const plan = aborting(failures, 2);
    const samples = load(0, 20, (index) => (index >= 1000 ? bad : good));
    expect(decide(plan, samples, 12, 10)?.reason).toContain('(50.0%)');
  });

  it('waits for a whole window of measured load', () => {
    const plan = aborting(failures, 10, { warmupSeconds: 4.5 });
    expect(planAbortWindows(plan, { until: 14.9, before: 0 })).toEqual([]);
    expect(planAbortWindows(plan, { until: 15.2, before: 14.9 })).toMatchObject([{ from: 5, to: 15 }]);
  });

  it('does not look at the warm-up, nor at what is left of it in the seconds after it', () => {
    const plan = aborting(slow, 2, { warmupSeconds: 3 });
    const warm = load(0, 3, () => ({ kind: 'completed', micros: 3_000_000 }));
    const measured = load(3, 6, () => good);
    for (const until of [5, 6]) expect(decide(plan, [...warm, ...measured], until)).toBeUndefined();
    const cold = load(3, 6, () => ({ kind: 'completed', micros: 2_100_000 }));
    expect(decide(plan, [...warm, ...cold], 6, 4)?.condition).toBe('p95(response) > 2s');
    const step = { ...failures, text: 'failures(GET /a) > 20%', step: 'GET /a' };
    const failing = load(0, 3, () => ({ kind: 'failed', micros: 3_000_000 }));
    const judged = aborting(step, 2, { warmupSeconds: 3 });
    expect(decide(judged, [...failing, ...measured], 5)).toBeUndefined();
    expect(decide(aborting(step, 2), [...failing, ...measured], 5)?.condition).toBe(step.text);
  });

  it('never holds where there is nothing to judge, but for a rate, which is 0', () => {
    const zero = { '>': -1, '>=': 0, '<': 1, '<=': 0 } as const;
    for (const comparison of ['>', '>=', '<', '<='] as const) {
      for (const when of [
        { ...failures, comparison, limitFraction: zero[comparison] },
        { ...failures, comparison, limitFraction: zero[comparison], step: 'GET /a' },
        { ...slow, comparison, limitMillis: zero[comparison] },
      ]) {
        expect(decide(aborting(when, 2), [], 5)).toBeUndefined();
      }
    }
    const arrivals = load(0, 5, () => undefined);
    expect(decide(aborting(lowRate, 2), arrivals, 5)?.reason).toBe(
      'rate < 90 held over the last 2 s (0.0/s)',
    );
  });

  it('does not take arrivals that nobody sent for a slow target', () => {
    const half = load(0, 5, () => good).filter((_, index) => index % 4 < 2);
    expect(decide(aborting(lowRate, 2), half, 5)).toBeUndefined();
    const closed = { model: 'closed', stages: [{ seconds: 60, from: 5, to: 5 }] } as const;
    expect(decide(aborting(lowRate, 2, { load: closed }), half, 5)?.condition).toBe('rate < 90');
  });

  it('does not look past the last arrival', () => {
    const plan = aborting(lowRate, 2, { load: steady(6, 100) });
    expect(planAbortWindows(plan, { until: 30, before: 6 })).toEqual([]);
    expect(planAbortWindows(plan, { until: 30, before: 5 })).toMatchObject([{ from: 4, to: 6 }]);
  });

  it('takes no window twice and leaves none out, whenever it looks, and never goes far back', () => {
    const someLook = fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(someLook, fc.integer({ min: 3, max: 30 }), fc.nat(8), (steps, windowSeconds, warmup) => {
        const plan = aborting(failures, windowSeconds, { warmupSeconds: warmup });
        let before = 0;
        const ends: number[] = [];
        for (const step of steps) {
          const windows = planAbortWindows(plan, { until: before + step, before });
          ends.push(...windows.map((window) => window.to));
          before += step;
        }
        const stride = Math.max(1, Math.floor(windowSeconds / 10));
        const first = warmup + windowSeconds;
        const last = Math.floor(Math.min(before, 60));
        const expected: number[] = [];
        for (let end = first; end <= last; end += stride) expected.push(end);
        expect(ends).toEqual(expected);
        const late = planAbortWindows(plan, { until: before, before: 0 });
        for (const { from } of late) expect(from).toBeGreaterThanOrEqual(last - 2 * windowSeconds);
      }),
    );
  });

  it('finds what a count over the samples finds, over any number of workers', () => {
    const someSample: fc.Arbitrary<Sample> = fc.oneof(
      fc.record({
        kind: fc.constantFrom('completed', 'failed'),
        step: fc.nat(1),
        at: fc.integer({ min: 1_000_000, max: 11_999_999 }),
        micros: fc.integer({ min: 1, max: 1_000_000 }),
      }),
      fc.record({
        kind: fc.constantFrom('arrived', 'dropped'),
        at: fc.nat(11_999_999),
        micros: fc.constant(0),
      }),
    );
    const someWhen: fc.Arbitrary<Threshold> = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }).map((limitFraction) => ({ ...failures, limitFraction })),
      fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...stepNames))
        .map(([limitFraction, step]) => ({ ...failures, limitFraction, step })),
      fc
        .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 100 }))
        .map(([limitMillis, percentile]) => ({ ...slow, limitMillis, percentile })),
      fc.double({ min: 0, max: 20, noNaN: true }).map((limitPerSecond) => ({ ...lowRate, limitPerSecond })),
    );
    const workers = fc.array(fc.array(someSample, { maxLength: 25 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        workers,
        someWhen,
        fc.nat(4),
        fc.integer({ min: 1, max: 6 }),
        (parts, when, warmup, length) => {
          const closed = { model: 'closed', stages: [{ seconds: 12, from: 5, to: 5 }] } as const;
          const plan = aborting(when, length, { warmupSeconds: warmup, load: closed });
          const windows = planAbortWindows(plan, { until: 12, before: 11 });
          const tally = mergeAll(parts.map((samples) => tallyOf(samples, warmup)));
          const found = decideAbort(plan, [firstEpoch(1)], windows, tally);
          const value = figureOf(when, parts.flat(), warmup, 12 - length, 12);
          expect(found !== undefined).toBe(value !== undefined && isBeyond(when, value));
        },
      ),
      { numRuns: 400 },
    );
  });
});

const isBeyond = (when: Threshold, value: number): boolean =>
  when.figure === 'rate'
    ? value < when.limitPerSecond
    : value > ('limitFraction' in when ? when.limitFraction : when.limitMillis);

/** The same figure from the samples themselves. */
const figureOf = (
  when: Threshold,
  samples: readonly Sample[],
  warmup: number,
  from: number,
  to: number,
): number | undefined => {
  const dueSeconds = (sample: Sample): number =>
    ('step' in sample ? sample.at - sample.micros : sample.at) / 1e6;
  const inside = samples.filter(
    (sample) =>
      sample.at >= from * 1e6 && sample.at < to * 1e6 && (warmup === 0 || dueSeconds(sample) >= warmup),
  );
  const count = (...kinds: readonly Sample['kind'][]): number =>
    inside.filter((sample) => kinds.includes(sample.kind)).length;
  if (when.figure === 'rate') return count('completed') / (to - from);
  if (when.figure === 'failures' && when.step !== undefined) {
    const ofStep = inside.filter((sample) => 'step' in sample && stepNames[sample.step] === when.step);
    const failed = ofStep.filter((sample) => sample.kind === 'failed').length;
    return ofStep.length === 0 ? undefined : failed / ofStep.length;
  }
  if (when.figure === 'failures') {
    const arrivals = count('arrived', 'dropped');
    return arrivals === 0 ? undefined : Math.min(1, count('failed', 'dropped') / arrivals);
  }
  const histogram = new LatencyHistogram(2);
  for (const sample of inside) if (sample.kind === 'completed') histogram.record(sample.micros);
  const micros =
    when.figure === 'mean' ? histogram.meanMicros() : histogram.percentileMicros(when.percentile);
  return micros === null ? undefined : micros / 1000;
};
