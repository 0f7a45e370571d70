import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll } from 'vitest';
import { awsClientOptions } from '../../src/platform/aws/aws-client-options.ts';
import { CloudWatchMetrics } from '../../src/platform/aws/cloud-watch-metrics.ts';
import { describeMetricSourceContract } from '../contract/metric-source.contract.ts';
import { testClientOptions } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

const minute = 60_000;

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

describeMetricSourceContract('CloudWatch', async () => {
  const client = new CloudWatchClient({
    ...testClientOptions(moto.url),
    ...awsClientOptions({ attempts: 1 }),
  });
  const query = (name: string) =>
    ({
      kind: 'cloudWatch',
      namespace: 'shop',
      name,
      dimensions: { service: 'web' },
      statistic: 'Average',
      periodSeconds: 60,
    }) as const;
  return {
    source: new CloudWatchMetrics(client),
    untilMillis: Math.floor(Date.now() / minute) * minute,
    async openSeries(points) {
      const name = `load-${crypto.randomUUID()}`;
      await client.send(
        new PutMetricDataCommand({
          Namespace: 'shop',
          // Two of each minute, of which the metric is the average.
          MetricData: points.flatMap(({ atMillis, value }) =>
            [-0.5, 0.5].map((off, index) => ({
              MetricName: name,
              Dimensions: [{ Name: 'service', Value: 'web' }],
              Timestamp: new Date(atMillis - minute + 10_000 + index * 30_000),
              Value: value + off,
            })),
          ),
        }),
      );
      return query(name);
    },
    emptyQuery: query('nobody-ever-measured-it'),
    pause: (millis) => sleep(millis),
    close: async () => client.destroy(),
  };
});
