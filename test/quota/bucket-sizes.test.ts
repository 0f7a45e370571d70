import { describe, expect, it } from 'vitest';
import { documentedBuckets } from '../../src/platform/local/simulation/simulated-buckets.ts';
import type { CallBucket } from '../../src/platform/ports/call-pace.ts';
import { callBuckets, paidFrom } from '../../src/quota/bucket-sizes.ts';
import { callerRoles, defaultParts, partsOf, planDivision, sumOf } from '../../src/quota/divide-bucket.ts';

const buckets = Object.keys(callBuckets) as readonly CallBucket[];

describe('the buckets of AWS', () => {
  it('are as large as the simulated cluster has them', () => {
    expect(callBuckets).toEqual(documentedBuckets);
  });

  it.each(buckets)(
    '%s has a token for every role that makes such calls, and is not given out twice',
    (bucket) => {
      const size = callBuckets[bucket];
      const parts = partsOf(bucket, defaultParts);
      const { caps, perMilli } = planDivision(size, parts, 300);
      for (const role of callerRoles)
        if (parts.weights[role] > 0) expect(caps[role]).toBeGreaterThanOrEqual(1);
      expect(sumOf(caps)).toBeLessThan(size.burst);
      expect(perMilli * 1000).toBeLessThan(size.perSecond);
    },
  );

  it.each(buckets)('%s is paid from itself, and for targets from the bucket of all calls too', (bucket) => {
    const expected = bucket === 'balancerTargets' ? ['balancerTargets', 'balancerAny'] : [bucket];
    expect(paidFrom(bucket)).toEqual(expected);
  });
});
