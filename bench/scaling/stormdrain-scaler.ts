import type {
  MetricReference,
  ScalingPolicy,
  ServicePolicy,
} from '../../src/scaling/policy/scaling-policy.ts';
import { policyScaler } from '../../src/scaling/simulate/policy-scaler.ts';
import { targetPercent } from './baselines/target-percent.ts';
import type { BenchScaler } from './bench-world.ts';
import { ourName } from './compare-scalers.ts';

/** The product: its default policy, CloudWatch's metrics of one minute. */
export const stormdrainScaler: BenchScaler = {
  name: ourName,
  create({ policy }) {
    return policyScaler(policy, this.name);
  },
};

const withMetric = (
  policy: ScalingPolicy,
  change: (metric: MetricReference, service: ServicePolicy) => MetricReference,
): ScalingPolicy => ({
  ...policy,
  services: policy.services.map((service) => ({
    ...service,
    rules: service.rules.map((rule) => ({ ...rule, metric: change(rule.metric, service) })),
  })),
});

/** With metrics as an HPA has them (Prometheus can give them) and a tick of `everySeconds`. */
export const fastPolicy = (policy: ScalingPolicy, everySeconds: number): ScalingPolicy =>
  withMetric({ ...policy, everySeconds }, (metric) => (metric.kind === 'cpu' ? shortCpu(metric) : metric));

const shortCpu = (metric: MetricReference & { readonly kind: 'cpu' }): MetricReference => ({
  ...metric,
  periodSeconds: 15,
});

/** The default policy ticked each 15 s, on the metrics that the HPA gets. */
export const fastStormdrain: BenchScaler = {
  name: 'stormdrain, every 15 s',
  metricDelaySeconds: 15,
  create({ policy }) {
    return policyScaler(fastPolicy(policy, 15), this.name);
  },
};

/** The default policy with requests of each target beside CPU, at the same share of what a task can serve. */
export const requestsStormdrain: BenchScaler = {
  name: 'stormdrain, CPU and requests',
  create({ policy, setup }) {
    const services = policy.services.map((service): ServicePolicy => {
      const own = setup.services.find((one) => one.service === service.service);
      const perMinute = 60 * (own?.requestsPerSecondPerTask ?? 0);
      const rules = service.rules.map((rule) =>
        rule.kind === 'track'
          ? {
              ...rule,
              target: (perMinute * targetPercent) / 100,
              metric: {
                kind: 'requestsPerTarget' as const,
                per: 'task' as const,
                periodSeconds: 60,
                targetGroup: `targetgroup/${service.service}/0123456789abcdef`,
              },
            }
          : rule,
      );
      return { ...service, rules: [...service.rules, ...rules] };
    });
    return policyScaler({ ...policy, services }, this.name);
  },
};
