import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideFirstListing, decideTaskListing } from '../../../src/drain/coordinator/decide-task-listing.ts';

const counts = (instances: number, clusterInstances: number, each = 20) => ({
  instances,
  clusterTasks: clusterInstances * each,
  clusterInstances,
});

it('lists a few instances of a large cluster by instance', () => {
  expect(decideFirstListing(counts(5, 500))).toBe('instances');
  expect(decideTaskListing(counts(5, 500))).toBe('instances');
});

it('lists the whole cluster when most of it leaves', () => {
  expect(decideFirstListing(counts(500, 500))).toBe('cluster');
  expect(decideTaskListing(counts(100, 100))).toBe('cluster');
});

it('does not wait for one page after another where calls side by side are done sooner', () => {
  expect(decideFirstListing(counts(100, 200))).toBe('instances');
  expect(decideTaskListing(counts(100, 200))).toBe('cluster');
});

it('never goes back to instances when more of them leave', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 500 }),
      fc.nat(60),
      (one, other, each) => {
        const [few, many] = [Math.min(one, other), Math.max(one, other)];
        for (const decide of [decideFirstListing, decideTaskListing])
          if (decide(counts(few, 500, each)) === 'cluster')
            expect(decide(counts(many, 500, each))).toBe('cluster');
      },
    ),
  );
});
