import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DrainNeed } from '../../bench/drain/drain-need.ts';
import {
  type DrainConditions,
  emptiedAfter,
  type ListedFirst,
  planMinimum,
} from '../../bench/drain/theoretical-minimum.ts';
import { callBuckets } from '../../src/quota/bucket-sizes.ts';

const conditions: DrainConditions = { callSeconds: 0.2, settleSeconds: 5, buckets: callBuckets };

const aNeed = (overrides: Partial<DrainNeed> = {}): DrainNeed => ({
  tasksOf: [20],
  groups: 10,
  services: 10,
  clusterInstances: 20,
  clusterTasks: 400,
  ...overrides,
});

const storm = (instances: number, tasks: number): readonly number[] =>
  Array.from({ length: instances }, () => tasks);

describe('emptiedAfter', () => {
  it('gives the burst at once and the rest evenly', () => {
    expect(emptiedAfter(20, { burst: 20, perSecond: 4 })).toBe(0);
    expect(emptiedAfter(30, { burst: 20, perSecond: 4 })).toBe(2.5);
  });
});

describe('planMinimum', () => {
  it('is made of calls that wait for each other when the buckets are large enough', () => {
    // Find, DRAINING, list, describe tasks, describe services; then half of a deregistration.
    const { deregistered, settled, stopped } = planMinimum(aNeed(), 20, conditions);
    expect(deregistered).toBeCloseTo(5.5 * 0.2);
    expect(settled).toBeCloseTo(6 * 0.2 + 5);
    expect(stopped).toBeCloseTo(6.5 * 0.2 + 5);
  });

  it('waits for the bucket of deregistrations when there are many groups', () => {
    const { deregistered } = planMinimum(aNeed({ groups: 40 }), 20, conditions);
    expect(deregistered).toBeCloseTo(5.5 * 0.2 + (40 - 20) / 4);
  });

  it('lists a hundred instances of a large cluster one by one, with 223 reads of a bucket of 100 and 20 a second', () => {
    const need = aNeed({ tasksOf: storm(100, 20), clusterInstances: 1000, clusterTasks: 20_000 });
    expect(planMinimum(need, 2000, conditions, 'all').deregistered).toBeCloseTo((223 - 100) / 20 + 0.2);
    const some = planMinimum(need, 2000, conditions, 'running').deregistered;
    expect(some).toBeCloseTo(Math.max((123 - 100) / 20 + 0.2, 5.5 * 0.2));
  });

  it('reads the whole cluster when that is faster, page after page', () => {
    const need = aNeed({ tasksOf: storm(100, 20), clusterInstances: 120, clusterTasks: 2400 });
    const { deregistered } = planMinimum(need, 2000, conditions, 'all');
    expect(deregistered).toBeCloseTo((2 + 24 + 1 + 1 + 0.5) * 0.2);
  });

  it('begins to stop when the first tasks may be stopped, and then waits for the bucket', () => {
    const need = aNeed({ tasksOf: storm(100, 20) });
    expect(planMinimum(need, 2000, conditions).stopped).toBeCloseTo(6.5 * 0.2 + 5 + (2000 - 100) / 40);
  });

  it('never gets earlier when there is more to do', () => {
    const needs = fc.record({
      tasksOf: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 50 }),
      groups: fc.integer({ min: 1, max: 60 }),
      services: fc.integer({ min: 1, max: 60 }),
      clusterInstances: fc.integer({ min: 50, max: 2000 }),
      clusterTasks: fc.integer({ min: 15_000, max: 40_000 }),
    });
    const increments = fc.constantFrom<(need: DrainNeed) => DrainNeed>(
      (need) => ({ ...need, tasksOf: [...need.tasksOf, 10] }),
      (need) => ({ ...need, tasksOf: need.tasksOf.map((tasks) => tasks + 30) }),
      (need) => ({ ...need, groups: need.groups + 3 }),
      (need) => ({ ...need, services: need.services + 10 }),
      (need) => ({ ...need, clusterTasks: need.clusterTasks + 1000 }),
    );
    const lists = fc.constantFrom<ListedFirst>('running', 'all');
    fc.assert(
      fc.property(
        needs,
        increments,
        fc.nat(5000),
        fc.nat(5000),
        lists,
        (need, increase, stops, moreStops, first) => {
          const less = planMinimum(need, stops, conditions, first);
          const more = planMinimum(increase(need), stops + moreStops, conditions, first);
          const running = planMinimum(need, stops, conditions, 'running');
          expect(running.deregistered).toBeLessThanOrEqual(less.deregistered);
          expect(running.settled).toBeLessThanOrEqual(less.settled);
          expect(more.deregistered).toBeGreaterThanOrEqual(less.deregistered);
          expect(more.settled).toBeGreaterThanOrEqual(less.settled);
          expect(more.stopped).toBeGreaterThanOrEqual(less.stopped);
          expect(less.settled).toBeGreaterThan(less.deregistered);
          expect(less.stopped).toBeGreaterThan(less.settled);
        },
      ),
    );
  });
});
