import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cumulativeAt, instantOf, peakValue, shapeSeconds, valueAt } from '../../src/plan/load-shape.ts';
import { someStages } from './a-plan.ts';

describe('load shape', () => {
  it('counts the later stage at a boundary, and nothing outside the stages', () => {
    const stages = [
      { seconds: 1, from: 0, to: 10 },
      { seconds: 1, from: 40, to: 40 },
    ];
    expect([-1, 0, 0.5, 1, 1.5, 2, 3].map((instant) => valueAt(stages, instant))).toEqual([
      0, 0, 5, 40, 40, 0, 0,
    ]);
    expect(peakValue(stages)).toBe(40);
    expect(shapeSeconds(stages)).toBe(2);
  });

  it('accumulates the area under the stages', () => {
    const ramp = [{ seconds: 10, from: 0, to: 100 }];
    expect(cumulativeAt(ramp, 5)).toBe(125);
    expect(cumulativeAt(ramp, 10)).toBe(500);
    expect(cumulativeAt(ramp, 99)).toBe(500);
  });

  it('sends an arrival that is due when a pause begins at the end of the pause', () => {
    const stages = [
      { seconds: 1, from: 10, to: 10 },
      { seconds: 5, from: 0, to: 0 },
      { seconds: 1, from: 10, to: 10 },
    ];
    expect(instantOf(stages, 10)).toBe(6);
    expect(instantOf(stages, 20)).toBeUndefined();
  });

  it('inverts the cumulative rate for any stages', () => {
    fc.assert(
      fc.property(someStages, fc.double({ min: 0, max: 1, noNaN: true }), (stages, part) => {
        const whole = cumulativeAt(stages, shapeSeconds(stages));
        const instant = instantOf(stages, part * whole);
        if (instant === undefined) expect(part * whole).toBeGreaterThanOrEqual(whole * (1 - 1e-9));
        else expect(Math.abs(cumulativeAt(stages, instant) - part * whole)).toBeLessThan(1e-6 * (1 + whole));
      }),
    );
  });

  it('never accumulates backwards', () => {
    const instants = fc.tuple(
      fc.double({ min: 0, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 30, noNaN: true }),
    );
    fc.assert(
      fc.property(someStages, instants, (stages, [a, b]) => {
        const [early, late] = a < b ? [a, b] : [b, a];
        expect(cumulativeAt(stages, late)).toBeGreaterThanOrEqual(cumulativeAt(stages, early) - 1e-9);
      }),
    );
  });
});
