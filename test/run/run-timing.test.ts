import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostReplacements } from '../../src/run/decide-roster.ts';
import { planTiming } from '../../src/run/run-timing.ts';
import { aPace } from './builders.ts';

const aws = {
  ...aPace,
  observeSeconds: 10,
  segmentSecondsShort: 5,
  segmentSecondsLong: 10,
  pollMillis: 2000,
  retryBudgetSeconds: 30,
};
const paces = fc.constantFrom(aPace, aws);
const week = 7 * 24 * 3600;

describe('timing', () => {
  it('keeps the longest run far below 25,000 events, slow starts and two retries of every step included', () => {
    const eventsOfALook = 9 + 2 * 5;
    fc.assert(
      fc.property(
        paces,
        fc.integer({ min: 1, max: week }),
        fc.integer({ min: 1, max: 3600 }),
        fc.integer({ min: 1, max: 3600 }),
        (pace, load, finish, ready) => {
          const { observeSeconds, readyWaitSeconds } = planTiming(pace, load, load + finish, ready);
          const observations = Math.ceil((load + finish) / observeSeconds);
          const looks = (mostReplacements + 1) * Math.ceil(ready / readyWaitSeconds);
          expect((observations + looks) * eventsOfALook).toBeLessThan(24_000);
        },
      ),
    );
  });

  it('gives a lease that outlasts three of the longest waits and the retries, and a lead of two polls', () => {
    fc.assert(
      fc.property(
        paces,
        fc.integer({ min: 1, max: week }),
        fc.integer({ min: 1, max: 3600 }),
        (pace, load, ready) => {
          const timing = planTiming(pace, load, load + 30, ready);
          for (const wait of [timing.observeSeconds, timing.readyWaitSeconds]) {
            expect(timing.leaseSeconds).toBeGreaterThanOrEqual(3 * wait + pace.retryBudgetSeconds);
          }
          expect(timing.changeLeadSeconds * 1000).toBeGreaterThanOrEqual(2 * timing.pollMillis);
          expect(timing.startLeadMillis).toBeGreaterThanOrEqual(2 * timing.pollMillis);
          expect(timing.silentSeconds).toBeGreaterThan(2 * timing.segmentSeconds);
        },
      ),
    );
  });

  it('ships short runs more often', () => {
    expect(planTiming(aws, 119, 149, 30).segmentSeconds).toBe(5);
    expect(planTiming(aws, 120, 150, 30).segmentSeconds).toBe(10);
  });
});
