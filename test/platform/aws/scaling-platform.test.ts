import { afterEach, describe, expect, it, vi } from 'vitest';
import { scalingApiEnvironment, scalingEnvironment } from '../../../src/platform/aws/environment.ts';
import { scalingApiPlatform, scalingPlatform } from '../../../src/platform/aws/scaling-platform.ts';

const whole = {
  AWS_REGION: 'eu-central-1',
  STORMDRAIN_BUCKET: 'runs',
  STORMDRAIN_EVENT_BUS: 'default',
  STORMDRAIN_SCALING_CLUSTERS: 'shop, batch',
  STORMDRAIN_PROMETHEUS_URL: '',
  STORMDRAIN_DRAIN_CLUSTERS: 'shop',
  STORMDRAIN_DRAIN_CLUSTER_MACHINE_ARN: 'arn:cluster',
  STORMDRAIN_DRAIN_INSTANCE_MACHINE_ARN: 'arn:instance',
  STORMDRAIN_SCALING_FAST_TICK: 'on',
  STORMDRAIN_SCALING_GROUPS: 'web',
  STORMDRAIN_SCALING_SPOT_FLEETS: 'sfr-1,sfr-2',
  STORMDRAIN_SCALING_FLEETS: '',
};
const stub = (overrides: Record<string, string> = {}): void => {
  for (const [name, value] of Object.entries({ ...whole, ...overrides })) vi.stubEnv(name, value);
};
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the platform of scaling on AWS', () => {
  it('says by name which variable is missing, and is made at a later call', async () => {
    stub({ STORMDRAIN_BUCKET: '' });
    expect(() => scalingPlatform()).toThrow(/STORMDRAIN_BUCKET/);
    stub();
    const { ports } = scalingPlatform();
    expect(ports.clusters).toEqual(['shop', 'batch']);
    expect(scalingPlatform().ports).toBe(ports);
  });

  it('answers queries of Prometheus with advice where the stack knows none', async () => {
    stub();
    const query = { kind: 'prometheus', query: 'up', periodSeconds: 60 } as const;
    const window = { fromMillis: 0, toMillis: 60_000 };
    expect(await scalingPlatform().ports.metrics.prometheus.read([query], window)).toMatchObject({
      series: [{ failure: expect.stringContaining('ScalingPrometheusUrl') }],
    });
  });

  it('tells operators what the deployment can do', () => {
    stub();
    expect(scalingApiPlatform().ports.deployment).toEqual({
      clusters: ['shop', 'batch'],
      hasFastTick: true,
      pools: ['web', 'sfr-1', 'sfr-2'],
      drainClusters: ['shop'],
      hasPrometheus: false,
    });
  });

  it('refuses a fast tick that is neither on nor off', () => {
    stub();
    expect(scalingApiEnvironment.safeParse({ ...whole, STORMDRAIN_SCALING_FAST_TICK: '' }).success).toBe(
      false,
    );
    expect(scalingEnvironment.safeParse(whole).success).toBe(true);
  });
});
