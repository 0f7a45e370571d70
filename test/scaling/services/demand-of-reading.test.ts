import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counts, rememberCount, tasksDuring } from '../../../src/scaling/services/demand-of-reading.ts';
import { mostInStep } from '../../../src/scaling/services/limit-step.ts';
import { rememberRecommendation, stabilise } from '../../../src/scaling/services/stabilise.ts';
import { aServicePolicy, atOnce } from './builders.ts';

const seed = 6;

describe('tasks that ran in a period', () => {
  const counts = [
    { atMillis: 0, running: 2 },
    { atMillis: 60, running: 8 },
    { atMillis: 120, running: 8 },
  ];

  it('are known where the counts before and after agree', () => {
    expect(tasksDuring(counts, 60, 120)).toEqual({ least: 8, most: 8 });
  });

  it('are between the two where they differ', () => {
    expect(tasksDuring(counts, 0, 60)).toEqual({ least: 2, most: 8 });
    expect(tasksDuring(counts, 30, 90)).toEqual({ least: 5, most: 8 });
  });

  it('are as they were first and last counted beyond that', () => {
    expect(tasksDuring(counts, -60, 0)).toEqual({ least: 2, most: 2 });
    expect(tasksDuring(counts, 120, 180)).toEqual({ least: 8, most: 8 });
    expect(tasksDuring([], 0, 60)).toEqual({ least: 0, most: 0 });
  });

  it('contain what really ran, whenever between two counts the change came', () => {
    const history = fc.array(fc.record({ running: fc.nat({ max: 20 }), changedAfter: fc.nat({ max: 60 }) }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(history, fc.nat({ max: 500 }), fc.integer({ min: 1, max: 200 }), (ticks, from, length) => {
        const counted = ticks.map(({ running }, index) => ({ atMillis: index * 60, running }));
        const runningAt = (second: number) => {
          const index = Math.min(ticks.length - 1, Math.floor(second / 60));
          const before = ticks[index];
          const next = ticks[index + 1];
          if (before === undefined || next === undefined) return before?.running ?? 0;
          return second - index * 60 < before.changedAfter ? before.running : next.running;
        };
        const seconds = Array.from({ length }, (_, index) => runningAt(from + index));
        const really = seconds.reduce((sum, running) => sum + running, 0) / length;
        const { least, most } = tasksDuring(counted, from, from + length);
        expect(really).toBeGreaterThanOrEqual(least - 1e-9);
        expect(really).toBeLessThanOrEqual(most + 1e-9);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('are the same from what is remembered as from all counts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 60 }),
        fc.nat({ max: 590 }),
        (all, age) => {
          const every: Counts = all.map((running, index) => ({ atMillis: index * 10_000, running }));
          const kept = every.reduce<Counts>((counted, now) => rememberCount(counted, now, 600_000), []);
          const until = (all.length - 1) * 10_000;
          const from = until - age * 1000;
          const near = (range: { least: number; most: number }) => [
            expect.closeTo(range.least, 9),
            expect.closeTo(range.most, 9),
          ];
          if (from === until) return;
          const { least, most } = tasksDuring(kept, from, until);
          expect([least, most]).toEqual(near(tasksDuring(every, from, until)));
        },
      ),
      { seed, numRuns: 300 },
    );
  });
});

it('stabilises from what is remembered as from every recommendation there was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }),
      fc.constantFrom(0, 30, 120, 300),
      fc.constantFrom(0, 60, 300),
      fc.nat({ max: 9 }),
      (wanted, out, inward, desired) => {
        const policy = aServicePolicy({
          out: { ...atOnce, stabilisationSeconds: out },
          in: { ...atOnce, stabilisationSeconds: inward },
        });
        const every = wanted.map((tasks, index) => ({ atMillis: index * 10_000, tasks }));
        const kept = every.reduce<{ atMillis: number; tasks: number }[]>(
          (known, { atMillis, tasks }) =>
            rememberRecommendation(known, { atMillis, desired, wanted: tasks }, policy, 10),
          [],
        );
        const atMillis = (wanted.length - 1) * 10_000;
        const now = { atMillis, desired, wanted: wanted.at(-1) ?? 0 };
        const first = { atMillis: 0, tasks: desired };
        expect(stabilise(kept, now, policy)).toBe(stabilise([first, ...every], now, policy));
      },
    ),
    { seed, numRuns: 500 },
  );
});

it('allows at least one task in a step, and no limit at all without one', () => {
  expect(mostInStep({ ...atOnce, mostPercent: 10 }, 0)).toBe(1);
  expect(mostInStep({ ...atOnce, mostPercent: 10 }, 11)).toBe(2);
  expect(mostInStep({ ...atOnce, mostPercent: 10, mostTasks: 4 }, 11)).toBe(4);
  expect(mostInStep(atOnce, 11)).toBe(Number.POSITIVE_INFINITY);
});
