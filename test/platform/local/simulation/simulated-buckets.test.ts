import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  documentedBuckets,
  SimulatedBuckets,
} from '../../../../src/platform/local/simulation/simulated-buckets.ts';
import type { CallBucket } from '../../../../src/platform/ports/call-pace.ts';
import { callBuckets } from '../../../../src/quota/bucket-sizes.ts';

const gaps = fc.array(
  fc.oneof({ weight: 20, arbitrary: fc.constantFrom(0, 1, 10) }, { weight: 1, arbitrary: fc.nat(30_000) }),
  { minLength: 1, maxLength: 150, size: 'max' },
);
const asked = fc.array(
  fc.constantFrom<readonly CallBucket[]>(['balancerAny'], ['balancerAny', 'balancerTargets']),
  { minLength: 1, maxLength: 150, size: 'max' },
);

describe('the buckets of a simulated account', () => {
  it('are those that callers reckon with', () => {
    expect(documentedBuckets).toEqual(callBuckets);
  });

  it('never give more than burst + rate * t in any span of time', () => {
    fc.assert(
      fc.property(gaps, asked, (pauses, calls) => {
        let nowMillis = 0;
        const buckets = new SimulatedBuckets(documentedBuckets, {
          nowMillis: () => nowMillis,
          sleep: async () => undefined,
        });
        const given: Record<'balancerAny' | 'balancerTargets', number[]> = {
          balancerAny: [],
          balancerTargets: [],
        };
        calls.forEach((names, index) => {
          nowMillis += pauses[index % pauses.length] ?? 0;
          if (!buckets.take(names)) return;
          given.balancerAny.push(nowMillis);
          if (names.length > 1) given.balancerTargets.push(nowMillis);
        });
        for (const name of ['balancerAny', 'balancerTargets'] as const) {
          const { burst, perSecond } = documentedBuckets[name];
          given[name].forEach((from, first) => {
            given[name].slice(first).forEach((to, more) => {
              expect(more + 1).toBeLessThanOrEqual(burst + ((to - from) / 1000) * perSecond + 1e-6);
            });
          });
        }
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('take nothing from one bucket when another is empty', () => {
    const buckets = new SimulatedBuckets(documentedBuckets, {
      nowMillis: () => 0,
      sleep: async () => undefined,
    });
    const both: readonly CallBucket[] = ['balancerAny', 'balancerTargets'];
    let given = 0;
    for (let call = 0; call < 100; call++) if (buckets.take(both)) given++;
    expect(given).toBe(20);
    for (let call = 0; call < 100; call++) if (buckets.take(['balancerAny'])) given++;
    expect(given).toBe(40);
  });
});
