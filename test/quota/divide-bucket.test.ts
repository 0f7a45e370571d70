import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallerRole } from '../../src/platform/ports/call-pace.ts';
import {
  type BucketLevel,
  emptyLevel,
  fullLevel,
  planPauseMillis,
  planRefill,
  planSlowdown,
  planTaking,
  tokensFor,
} from '../../src/quota/bucket-level.ts';
import { callBuckets } from '../../src/quota/bucket-sizes.ts';
import {
  byRole,
  callerRoles,
  defaultParts,
  partsOf,
  planDivision,
  sumOf,
} from '../../src/quota/divide-bucket.ts';

const weight = fc.double({ min: 0.01, max: 100, noNaN: true });
/** Some make no such calls. */
const mayBeNone = fc.oneof({ weight: 3, arbitrary: weight }, fc.constant(0));
const aDivision = fc
  .record({
    size: fc.constantFrom(...Object.values(callBuckets)),
    reserve: fc.double({ min: 0, max: 0.2, noNaN: true }),
    weights: fc.record({ drain: weight, launch: mayBeNone, scaling: mayBeNone, targets: mayBeNone }),
  })
  .map(({ size, reserve, weights }) => ({
    size,
    reserve,
    division: planDivision(size, { reserve, weights }, 300),
  }));
const aRole = fc.constantFrom(...callerRoles);
const claims = fc.array(
  fc.record({ role: aRole, wanted: fc.nat(60), afterMillis: fc.nat(2_000), isThrottled: fc.boolean() }),
  { minLength: 1, maxLength: 60 },
);

describe('a bucket divided between roles', () => {
  it('gives out less than AWS takes in any span of time, whoever claims when', () => {
    fc.assert(
      fc.property(aDivision, claims, ({ size, reserve, division }, made) => {
        let level = fullLevel(division, 0);
        let now = 0;
        const taken: { readonly at: number; readonly count: number }[] = [];
        for (const { role, wanted, afterMillis, isThrottled } of made) {
          now += afterMillis;
          level = planRefill(level, division, now);
          if (isThrottled && wanted === 0) level = planSlowdown(level, now);
          const count = Math.min(wanted, tokensFor(level, division, role));
          level = planTaking(level, division, role, count);
          taken.push({ at: now, count });
          for (const each of callerRoles) {
            expect(level.tokens[each]).toBeGreaterThan(-1e-6);
            expect(level.tokens[each]).toBeLessThan(division.caps[each] + 1e-6);
          }
        }
        for (const [from, { at }] of taken.entries()) {
          let sum = 0;
          for (const { at: until, count } of taken.slice(from)) {
            sum += count;
            // Up to 0.3 s later, and still not more than AWS has.
            const spentMillis = until - at + 300;
            const most = (1 - reserve) * (size.burst + (size.perSecond * (spentMillis - 300)) / 1000);
            expect(sum).toBeLessThanOrEqual(most - (1 - reserve) * size.perSecond * 0.3 + 1e-6);
          }
        }
      }),
    );
  });

  it('loses nothing while a role is not full', () => {
    fc.assert(
      fc.property(aDivision, fc.nat(5_000), ({ division }, millis) => {
        const level = planRefill(emptyLevel(0), division, millis);
        const full = sumOf(division.caps);
        expect(sumOf(level.tokens)).toBeCloseTo(Math.min(full, millis * division.perMilli), 6);
      }),
    );
  });

  it('gives what a role without calls has to the others, of a document too in which it had a part', () => {
    const all = planDivision(callBuckets.balancerTargets, defaultParts, 300);
    const few = planDivision(callBuckets.balancerTargets, partsOf('balancerTargets', defaultParts), 300);
    expect(few.caps).toMatchObject({ launch: 0, scaling: 0 });
    expect(few.caps.drain).toBeGreaterThan(1.4 * all.caps.drain);
    expect(tokensFor(fullLevel(few, 0), few, 'launch')).toBe(0);
    const old = planRefill(fullLevel(all, 0), few, 60_000);
    expect(old.tokens).toEqual(few.caps);
  });

  it('gives a drain that is alone the whole rate, and what the others have saved', () => {
    const { size, division } = {
      size: callBuckets.resourceModify,
      division: planDivision(callBuckets.resourceModify, defaultParts, 300),
    };
    let level = fullLevel(division, 0);
    let taken = 0;
    for (let now = 0; now <= 10_000; now += 100) {
      level = planRefill(level, division, now);
      const count = tokensFor(level, division, 'drain');
      level = planTaking(level, division, 'drain', count);
      taken += count;
    }
    expect(taken).toBeGreaterThan(0.9 * (size.burst + 10 * size.perSecond));
  });

  it.each(callerRoles)('gives %s its part of the rate, whatever the others claim', (role) => {
    for (const size of Object.values(callBuckets)) {
      const division = planDivision(size, defaultParts, 300);
      let level: BucketLevel = emptyLevel(0);
      let taken = 0;
      for (let now = 0; now <= 60_000; now += 50) {
        level = planRefill(level, division, now);
        for (const each of callerRoles) {
          if (each === role && now % 250 !== 0) continue;
          const count = tokensFor(level, division, each);
          level = planTaking(level, division, each, count);
          if (each === role) taken += count;
        }
      }
      const part = defaultParts.weights[role] / sumOf(defaultParts.weights);
      expect(taken).toBeGreaterThanOrEqual(Math.floor(0.9 * part * 60_000 * division.perMilli) - 2);
    }
  });

  it('says how long to wait: there is a token then, if nobody else takes any', () => {
    fc.assert(
      fc.property(aDivision, aRole, ({ division }, role) => {
        fc.pre(division.weights[role] > 0);
        let level = emptyLevel(0);
        let now = 0;
        let turns = 0;
        while (tokensFor(level, division, role) < 1 && turns++ < 20) {
          now += planPauseMillis(level, division, role, 1);
          level = planRefill(level, division, now);
        }
        expect(tokensFor(level, division, role)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('halves the rate after a throttled call, and comes back to all of it', () => {
    const division = planDivision(callBuckets.resourceRead, defaultParts, 300);
    const slowed = planSlowdown(fullLevel(division, 10_000), 10_000);
    expect(slowed).toMatchObject({ pace: 0.5, tokens: byRole(() => 0) });
    expect(planSlowdown(slowed, 10_100).pace).toBe(0.5);
    expect(planSlowdown(slowed, 10_600).pace).toBe(0.25);
    const later = planRefill(slowed, division, 11_000);
    expect(sumOf(later.tokens)).toBeCloseTo(500 * division.perMilli, 6);
    expect(planRefill(slowed, division, 12_000).pace).toBe(1);
  });

  it('gains nothing by a clock that is behind', () => {
    const division = planDivision(callBuckets.resourceRead, defaultParts, 300);
    const level = emptyLevel(10_000);
    expect(planRefill(level, division, 9_000)).toEqual(level);
  });

  it.each<[string, number, Partial<Record<CallerRole, number>>]>([
    ['a reserve of everything', 1, {}],
    ['a reserve below nothing', -0.1, {}],
    ['a part below nothing', 0.05, { scaling: -1 }],
    ['parts of nothing', 0.05, byRole(() => 0)],
    ['too large a reserve for a token each', 0.9, {}],
  ])('refuses %s', (_, reserve, weights) => {
    const parts = { reserve, weights: { ...defaultParts.weights, ...weights } };
    expect(() => planDivision(callBuckets.balancerTargets, parts, 300)).toThrow(RangeError);
  });
});
