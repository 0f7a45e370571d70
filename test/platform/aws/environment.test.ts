import { afterEach, describe, expect, it, vi } from 'vitest';
import { readEnvironment, surveyEnvironment } from '../../../src/platform/aws/environment.ts';

const whole = {
  AWS_REGION: 'eu-central-1',
  STORMDRAIN_CLUSTER_ARN: 'arn:aws:ecs:eu-central-1:123456789012:cluster/workers',
  STORMDRAIN_SUBNETS: 'subnet-a, subnet-b',
  STORMDRAIN_SPOT_SHARE: '0.25',
  STORMDRAIN_SPOT_FALLBACK: 'wait',
  STORMDRAIN_WORKER_VCPU: '1',
  STORMDRAIN_WORKER_MEMORY_GIB: '2',
  STORMDRAIN_WORKER_ARCHITECTURE: 'ARM64',
  STORMDRAIN_WORKER_IMAGE: 'worker:1',
};

const read = (overrides: Record<string, string> = {}) => {
  for (const [name, value] of Object.entries({ ...whole, ...overrides })) vi.stubEnv(name, value);
  return readEnvironment(surveyEnvironment);
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the environment of a function', () => {
  it('is read as lists and numbers', () => {
    expect(read()).toMatchObject({
      STORMDRAIN_SUBNETS: ['subnet-a', 'subnet-b'],
      STORMDRAIN_SPOT_SHARE: 0.25,
      STORMDRAIN_WORKER_VCPU: 1,
    });
  });

  it('takes a number as CloudFormation takes one', () => {
    expect(read({ STORMDRAIN_SPOT_SHARE: '.5' })).toMatchObject({ STORMDRAIN_SPOT_SHARE: 0.5 });
  });

  it.each([
    ['STORMDRAIN_SPOT_SHARE', 'half'],
    ['STORMDRAIN_SPOT_SHARE', '1.5'],
    ['STORMDRAIN_SPOT_SHARE', ''],
    ['STORMDRAIN_WORKER_VCPU', 'NaN'],
    ['STORMDRAIN_SPOT_FALLBACK', 'maybe'],
  ])('is refused by name when %s is "%s"', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(
      expect.objectContaining({ name: 'PlatformRefused', message: expect.stringContaining(name) }),
    );
  });
});
