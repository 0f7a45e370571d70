import { describe, expect, it } from 'vitest';
import { fargatePrice } from '../../../src/platform/aws/fargate-prices.ts';
import { workerPrice } from '../../../src/platform/aws/worker-price.ts';
import { aPace } from '../../run/builders.ts';

const size = { vcpu: 2, memoryGib: 4 };
const pace = {
  ...aPace,
  observeSeconds: 10,
  retryBudgetSeconds: 90,
  segmentSecondsLong: 10,
  pollMillis: 2000,
};

describe('what a worker costs', () => {
  it.each([
    ['us-east-1', 'X86_64', 0.04048, 0.004445],
    ['us-east-1', 'ARM64', 0.03238, 0.00356],
    ['eu-central-1', 'X86_64', 0.04656, 0.00511],
    ['ap-southeast-2', 'ARM64', 0.03885, 0.00426],
    ['sa-east-1', 'ARM64', 0.0557, 0.0061],
  ] as const)('in %s on %s is what AWS publishes', (region, architecture, vcpu, gib) => {
    const price = fargatePrice(region, architecture);
    expect(price.vcpuHourUsd).toBeCloseTo(vcpu, 4);
    expect(price.gibHourUsd).toBeCloseTo(gib, 4);
    expect(price.known).toBe(true);
  });

  it('in a region without a known price is that of us-east-1, and says so', () => {
    for (const region of ['mars-1', 'constructor', ''])
      expect(fargatePrice(region, 'ARM64')).toEqual({ ...fargatePrice('us-east-1', 'ARM64'), known: false });
  });

  it('is that of its vCPUs and memory, half of it on spot capacity, for a minute at least', () => {
    const { price } = workerPrice(size, 'us-east-1', 'X86_64', pace);
    expect(price.onDemandPerHourUsd).toBeCloseTo(2 * 0.04048 + 4 * 0.004445, 9);
    expect(price.spotPerHourUsd).toBeCloseTo(price.onDemandPerHourUsd / 2, 9);
    expect(price.minimumSeconds).toBe(60);
  });

  it('has requests: 360 segments written and read, and 1,800 looks at control and 180 at the lease', () => {
    const { price } = workerPrice(size, 'us-east-1', 'X86_64', pace);
    expect(price.requestsPerHourUsd).toBeCloseTo(360 * 0.000005 + (360 + 1800 + 180) * 0.0000004, 9);
  });
});
