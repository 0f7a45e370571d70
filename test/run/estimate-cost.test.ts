import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapacityFacts, WorkerPrice } from '../../src/platform/ports/capacity-survey.ts';
import { estimateCost, usualStartSeconds } from '../../src/run/estimate-cost.ts';
import { launchSeconds, launchWaits } from '../../src/run/plan-launch.ts';
import { aPlan, openLoad } from '../plan/a-plan.ts';

const price: WorkerPrice = { onDemandPerHourUsd: 0.36, spotPerHourUsd: 0.18, minimumSeconds: 60 };
const atOnce = { price, launch: null };
const hour = (seconds = 3600) =>
  aPlan({
    load: openLoad([{ seconds, from: 1, to: 1 }]),
    finishSeconds: 15,
    workers: { ...aPlan().workers, readyTimeoutSeconds: 300 },
  });
const someCounts = fc.record({ onDemand: fc.nat(600), spot: fc.nat(600) });
const someLaunch: fc.Arbitrary<CapacityFacts['launch']> = fc.option(
  fc.record({ burst: fc.integer({ min: 1, max: 200 }), perSecond: fc.integer({ min: 1, max: 50 }) }),
);

describe('the launch of workers', () => {
  it('takes as long as the slower of two buckets', () => {
    const launch = { burst: 100, perSecond: 20 };
    expect(launchSeconds({ onDemand: 1000, spot: 0 }, launch)).toBe(45);
    expect(launchSeconds({ onDemand: 500, spot: 500 }, launch)).toBe(20);
    expect(launchSeconds({ onDemand: 100, spot: 100 }, launch)).toBe(0);
    expect(launchSeconds({ onDemand: 1000, spot: 0 }, null)).toBe(0);
  });

  it('makes workers wait, one by one, for what the bucket gives', () => {
    fc.assert(
      fc.property(fc.nat(400), someLaunch, (workers, launch) => {
        let sum = 0;
        for (let first = 1; first <= workers; first++)
          sum += launchSeconds({ onDemand: first, spot: 0 }, launch);
        expect(launchWaits(workers, launch)).toBeCloseTo(sum, 6);
      }),
    );
  });
});

describe('the cost of a run', () => {
  it('is nothing to speak of where load costs nothing', () => {
    expect(estimateCost(hour(), { onDemand: 2, spot: 0 }, { price: null, launch: null })).toBeNull();
  });

  it('counts the start, the load and the end of each worker', () => {
    const seconds = usualStartSeconds + 3600 + 15;
    const cost = estimateCost(hour(), { onDemand: 3, spot: 2 }, atOnce);
    expect(cost?.likely).toBeCloseTo((seconds / 3600) * (3 * 0.36 + 2 * 0.18), 9);
    expect(cost?.most).toBeCloseTo((seconds / 3600) * 5 * 0.36, 9);
    expect(cost?.requests).toBe(0);
  });

  it('counts a minute at least', () => {
    const short = { ...hour(1), finishSeconds: 0, workers: { ...aPlan().workers, readyTimeoutSeconds: 5 } };
    expect(estimateCost(short, { onDemand: 10, spot: 0 }, atOnce)?.likely).toBeCloseTo(10 * 0.006, 9);
  });

  it('counts what workers ask of the object store', () => {
    const cost = estimateCost(
      hour(),
      { onDemand: 1, spot: 1 },
      { launch: null, price: { ...price, requestsPerHourUsd: 0.01 } },
    );
    expect(cost?.requests).toBeCloseTo((2 * (usualStartSeconds + 3615) * 0.01) / 3600, 9);
    expect(cost?.likely).toBeCloseTo(((usualStartSeconds + 3615) / 3600) * 0.56, 9);
  });

  it('is never more than with every worker on demand, and grows with each worker', () => {
    fc.assert(
      fc.property(someCounts, someLaunch, fc.integer({ min: 1, max: 7200 }), (counts, launch, seconds) => {
        const plan = hour(seconds);
        const likely = (more: number): number =>
          estimateCost(plan, { ...counts, spot: counts.spot + more }, { price, launch })?.likely ?? 0;
        const most = estimateCost(plan, counts, { price, launch })?.most ?? 0;
        expect(likely(0)).toBeLessThanOrEqual(most + 1e-9);
        expect(likely(1)).toBeGreaterThan(likely(0));
      }),
    );
  });
});
