import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { cancelDrain } from '../../drain/operator/cancel-drain.ts';
import { type RequestPorts, requestDrain } from '../../drain/operator/request-drain.ts';
import type { WantedPorts } from '../../scaling/demands/capacity-wanted.ts';
import type { ScalingApiPorts } from '../../scaling/operator/policy-standing.ts';
import type { ScalingPorts } from '../../scaling/scaling-ports.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import { PrometheusMetrics } from '../prometheus/prometheus-metrics.ts';
import { withoutPrometheus } from '../prometheus/without-prometheus.ts';
import { AutoScalingGroups } from './auto-scaling-groups.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { AwsInstancePools } from './aws-instance-pools.ts';
import { CloudWatchMetrics } from './cloud-watch-metrics.ts';
import { composePace, pacedTime } from './compose-pace.ts';
import { Ec2Fleets } from './ec2-fleets.ts';
import { EcsContainerCluster } from './ecs-container-cluster.ts';
import {
  demandEnvironment,
  readEnvironment,
  type ScalingEnvironment,
  scalingApiEnvironment,
  scalingEnvironment,
} from './environment.ts';
import { EventBridgeEvents } from './event-bridge-events.ts';
import { once } from './once.ts';
import { S3Store } from './s3-store.ts';
import { SpotFleets } from './spot-fleets.ts';
import { SqsLetters } from './sqs-letters.ts';
import { StepFunctionsConductor } from './step-functions-conductor.ts';

/** Whoever calls paces and repeats calls itself: a hidden retry would be an unpaid call. */
const paced = () => awsClientOptions({ requestSeconds: 5, attempts: 1 });

const storeIn = (bucket: string): S3Store =>
  new S3Store(new S3Client(awsClientOptions({ requestSeconds: 5 })), bucket);

/** The composition root of the functions that tick clusters; the same at every call. Importing this builds nothing. */
export const scalingPlatform = /* @__PURE__ */ once((): { readonly ports: ScalingPorts } => ({
  ports: composeScaling(),
}));

/** The composition root of the function that hears of tasks without room, and ticks at once. */
export const demandPlatform = /* @__PURE__ */ once((): { readonly ports: WantedPorts } => {
  const { STORMDRAIN_LETTERS_URL } = readEnvironment(demandEnvironment);
  const sqs = new SQSClient(awsClientOptions({ requestSeconds: 5 }));
  return { ports: { ...composeScaling(), letters: new SqsLetters(sqs, STORMDRAIN_LETTERS_URL) } };
});

/** The composition root of the API: policies and decisions are in the store, and nothing else is called. */
export const scalingApiPlatform = /* @__PURE__ */ once((): { readonly ports: ScalingApiPorts } => {
  const environment = readEnvironment(scalingApiEnvironment);
  return {
    ports: {
      store: storeIn(environment.STORMDRAIN_BUCKET),
      time: pacedTime,
      deployment: {
        clusters: environment.STORMDRAIN_SCALING_CLUSTERS,
        hasFastTick: environment.STORMDRAIN_SCALING_FAST_TICK === 'on',
        pools: [
          ...environment.STORMDRAIN_SCALING_GROUPS,
          ...environment.STORMDRAIN_SCALING_SPOT_FLEETS,
          ...environment.STORMDRAIN_SCALING_FLEETS,
        ],
        drainClusters: environment.STORMDRAIN_DRAIN_CLUSTERS,
        hasPrometheus: environment.STORMDRAIN_PROMETHEUS_URL !== '',
      },
    },
  };
});

const composeScaling = (): ScalingPorts => {
  const environment = readEnvironment(scalingEnvironment);
  const store = storeIn(environment.STORMDRAIN_BUCKET);
  const pace = composePace(environment.STORMDRAIN_BUCKET, 'scaling');
  const ec2 = new EC2Client(paced());
  const reading = {
    store,
    pace,
    cluster: new EcsContainerCluster(new ECSClient(paced()), pace),
    time: pacedTime,
    random: Math.random,
  };
  return {
    ...reading,
    clusters: environment.STORMDRAIN_SCALING_CLUSTERS,
    pools: new AwsInstancePools(
      {
        groups: new AutoScalingGroups(new AutoScalingClient(paced()), pace),
        spotFleets: new SpotFleets(ec2, pace),
        fleets: new Ec2Fleets(ec2, pace),
      },
      ec2,
    ),
    metrics: {
      cloudWatch: new CloudWatchMetrics(new CloudWatchClient(paced())),
      prometheus: composePrometheus(environment),
    },
    drains: composeDrains(environment, reading),
    events: new EventBridgeEvents(
      new EventBridgeClient(awsClientOptions({ requestSeconds: 5, attempts: 3 })),
      environment.STORMDRAIN_EVENT_BUS,
    ),
  };
};

const composePrometheus = ({
  STORMDRAIN_PROMETHEUS_URL: url,
  STORMDRAIN_PROMETHEUS_TOKEN: token,
}: ScalingEnvironment): MetricSource =>
  url === ''
    ? withoutPrometheus
    : new PrometheusMetrics({ url, timeoutSeconds: 5, ...(token ? { token } : {}) });

/** The two use cases alone: the whole API of drains would bring in balancers, which scaling has nothing to do with. */
const composeDrains = (
  environment: ScalingEnvironment,
  reading: Omit<RequestPorts, 'clusters' | 'conductor'>,
): ScalingPorts['drains'] => {
  const ports: RequestPorts = {
    ...reading,
    clusters: environment.STORMDRAIN_DRAIN_CLUSTERS,
    conductor: new StepFunctionsConductor(new SFNClient(awsClientOptions({ requestSeconds: 5 })), {
      clusterMachineArn: environment.STORMDRAIN_DRAIN_CLUSTER_MACHINE_ARN,
      instanceMachineArn: environment.STORMDRAIN_DRAIN_INSTANCE_MACHINE_ARN,
    }),
  };
  return {
    request: (request) => requestDrain(ports, request),
    cancel: (drainId, cancelledBy) => cancelDrain(ports, drainId, cancelledBy),
  };
};
