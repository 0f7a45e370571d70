import type { MetricSource } from '../ports/metric-source.ts';

/** Where no Prometheus is deployed with: its queries are answered with advice. */
export const withoutPrometheus: MetricSource = {
  queriesPerCall: 1,
  read: async (queries) => ({
    series: queries.map(() => ({
      points: [],
      failure:
        'the stack knows no Prometheus: deploy it with the parameter ScalingPrometheusUrl, or use a CloudWatch metric',
    })),
  }),
};
