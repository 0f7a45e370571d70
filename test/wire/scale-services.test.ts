import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as scalingTick } from '../../functions/scaling-tick.ts';
import { EcsContainerCluster } from '../../src/platform/aws/ecs-container-cluster.ts';
import type { ServicePolicy } from '../../src/scaling/policy/scaling-policy.ts';
import { throttled } from '../rehearsal/fault-rules.ts';
import { testClientOptions } from './aws-clients.ts';
import { type DrainStack, invocation, openDrainStack } from './support/drain-stack.ts';
import { DrainedWorld } from './support/drained-world.ts';
import { freePace } from './support/free-pace.ts';
import { scalingVariables, storePolicy } from './support/scaling-stack.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

const minute = 60_000;
const atOnce = { cooldownSeconds: 0, stabilisationSeconds: 0, mostTasks: null, mostPercent: null };

/** Ten requests a second for each task. */
const policyOf = (service: string): ServicePolicy => ({
  service,
  minimum: 2,
  maximum: 8,
  rules: [
    {
      kind: 'track',
      target: 10,
      tolerance: 0.1,
      metric: {
        kind: 'cloudWatch',
        per: 'total',
        periodSeconds: 60,
        namespace: 'shop',
        name: 'RequestsPerSecond',
        dimensions: { service },
        statistic: 'Sum',
      },
    },
  ],
  out: atOnce,
  in: atOnce,
  staleSeconds: 600,
  floors: [],
});

/** What each had, what was asked of it a second, and what it is to have. Null: nobody measured. */
const services = {
  busy: { desired: 2, load: 45, becomes: 5 },
  idle: { desired: 6, load: 20, becomes: 2 },
  steady: { desired: 3, load: 31, becomes: 3 },
  crowded: { desired: 4, load: 500, becomes: 8 },
  silent: { desired: 5, load: null, becomes: 5 },
  small: { desired: 1, load: null, becomes: 2 },
  // Nobody has a policy for it.
  other: { desired: 7, load: 1, becomes: 7 },
} as const;
const names = Object.keys(services) as readonly (keyof typeof services)[];

let aws: WholeAws;
let world: DrainedWorld;
let stack: DrainStack;
let clusterName = '';
let faults = 0;
beforeAll(async () => {
  // The functions' metrics, and what is said about the faults.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(console, 'error').mockReturnValue(undefined);
  vi.spyOn(console, 'warn').mockReturnValue(undefined);
  aws = await startWholeAws();
  world = new DrainedWorld(aws.url);
  clusterName = await world.openCluster(aws.url);
  stack = await openDrainStack(aws.url, [clusterName]);
  Object.assign(process.env, scalingVariables([clusterName], stack.lettersUrl));
  const taskDefinition = await world.define('app');
  const cloudWatch = new CloudWatchClient(testClientOptions(aws.url));
  const lastMinute = Math.floor(Date.now() / minute) * minute;
  for (const serviceName of names) {
    const { desired, load } = services[serviceName];
    await world.createService(clusterName, { serviceName, desiredCount: desired, taskDefinition });
    if (load === null) continue;
    const reading = {
      MetricName: 'RequestsPerSecond',
      Dimensions: [{ Name: 'service', Value: serviceName }],
      Value: load,
    };
    const MetricData = [3, 2, 1].map((ago) => ({
      ...reading,
      Timestamp: new Date(lastMinute - ago * minute),
    }));
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'shop', MetricData }));
  }
  cloudWatch.destroy();
  await storePolicy({
    version: 1,
    cluster: clusterName,
    everySeconds: 60,
    paused: false,
    dryRun: false,
    capacity: null,
    services: names.filter((name) => name !== 'other').map(policyOf),
  });
  const injected = ['ecs', 'monitoring'].flatMap((service) => {
    const matches = (call: { readonly service: string }): boolean => call.service === service;
    return [
      aws.inject({ matches, fault: throttled, hits: { first: 1 } }),
      aws.inject({ matches, fault: { kind: 'cut', when: 'before' }, hits: { probability: 0.1 } }),
      aws.inject({ matches, fault: { kind: 'cut', when: 'after' }, hits: { probability: 0.1 } }),
    ];
  });
  await scalingTick({}, invocation);
  for (const fault of injected) {
    faults += fault.hits();
    fault.remove();
  }
}, 200_000);
afterAll(async () => {
  vi.restoreAllMocks();
  stack.close();
  world.close();
  await aws.close();
});

describe('services on AWS over the wire, while it throttles and connections break', () => {
  it.each(names)('%s has the tasks that it is to have', async (name) => {
    const cluster = new EcsContainerCluster(world.ecs, freePace);
    expect(await cluster.describeServices(clusterName, [name])).toMatchObject([
      { desiredCount: services[name].becomes },
    ]);
  });

  it('met faults', () => {
    expect(faults).toBeGreaterThanOrEqual(2);
  });
});
