import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideLanes } from '../../src/worker/open-lanes.ts';
import { planOfLane } from '../../src/worker/plan-of-lane.ts';
import { aPlan } from '../plan/a-plan.ts';

describe('the plan of a lane', () => {
  it('shares the limits of a worker out evenly and exactly, at least one for each', () => {
    const limit = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(limit, limit, fc.integer({ min: 1, max: 64 }), (maxInFlight, max, of) => {
        const { workers } = aPlan();
        const plan = aPlan({
          workers: { ...workers, maxInFlight },
          connections: { keepAlive: true, max },
        });
        const lanes = Array.from({ length: of }, (_, index) => planOfLane(plan, { index, of }));
        for (const [whole, parts] of [
          [maxInFlight, lanes.map((lane) => lane.workers.maxInFlight)],
          [max, lanes.map((lane) => lane.connections.max ?? 0)],
        ] as const) {
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(Math.max(whole, of));
          expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('is the plan itself for a lane alone, and sets no limit where there is none', () => {
    const plan = aPlan();
    expect(planOfLane(plan, { index: 0, of: 1 })).toEqual(plan);
    expect('max' in planOfLane(plan, { index: 1, of: 2 }).connections).toBe(false);
  });

  it('is one of as many as were asked for, or as the worker has processors', () => {
    const lanes = (threads: number | 'auto', processors: number): number =>
      decideLanes(aPlan({ workers: { ...aPlan().workers, threads } }), processors);
    expect([lanes(3, 8), lanes('auto', 8), lanes('auto', 0)]).toEqual([3, 8, 1]);
  });

  it('is one of no more than what the plan limits can be shared among', () => {
    const workers = { ...aPlan().workers, threads: 'auto' as const };
    expect(decideLanes(aPlan({ workers, connections: { keepAlive: true, max: 2 } }), 8)).toBe(2);
    expect(decideLanes(aPlan({ workers: { ...workers, maxInFlight: 3 } }), 8)).toBe(3);
  });
});
