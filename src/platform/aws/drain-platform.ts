import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DrainPorts } from '../../drain/drain-ports.ts';
import type { IntakePorts } from '../../drain/leaving/instances-leaving.ts';
import type { ReconcilePorts } from '../../drain/targets/reconcile-balancers.ts';
import { routeBalancers } from '../../drain/targets/route-balancers.ts';
import { createHaproxyBalancer } from '../haproxy/haproxy-balancer.ts';
import { createRuntimeApi } from '../haproxy/runtime-api.ts';
import { withoutHaproxy } from '../haproxy/without-haproxy.ts';
import type { Balancer, RepairableBalancer } from '../ports/balancer.ts';
import type { CallerRole } from '../ports/call-pace.ts';
import { AutoScalingPool } from './auto-scaling-pool.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { composePace, pacedTime } from './compose-pace.ts';
import { Ec2Addresses } from './ec2-addresses.ts';
import { EcsContainerCluster } from './ecs-container-cluster.ts';
import { Elbv2Balancer } from './elbv2-balancer.ts';
import { type DrainEnvironment, drainEnvironment, readEnvironment } from './environment.ts';
import { EventBridgeEvents } from './event-bridge-events.ts';
import { once } from './once.ts';
import { S3Store } from './s3-store.ts';
import { SqsLetters } from './sqs-letters.ts';
import { StepFunctionsConductor } from './step-functions-conductor.ts';

export interface DrainPlatform {
  /** What the steps of drains, the intake of news, and whoever follows tasks stand on. */
  readonly ports: DrainPorts & IntakePorts;
  /** Balancers that can be repaired, by the group. */
  readonly haproxy: Balancer & RepairableBalancer;
}

/** The caller paces and repeats calls to clusters, balancers and capacity itself: a hidden retry would be an unpaid call. */
const paced = () => awsClientOptions({ requestSeconds: 5, attempts: 1 });

/** The composition root of the functions that drain instances; the same at every call. Importing this builds nothing. */
export const drainPlatform = /* @__PURE__ */ once((): DrainPlatform => composeDrain('drain'));

/** The composition root of the API: what operators ask for waits behind drains too. */
export const drainApiPlatform = /* @__PURE__ */ once((): DrainPlatform => composeDrain('targets'));

export interface TargetsPlatform extends DrainPlatform {
  /** What whoever follows tasks, and repairs balancers, stands on. */
  readonly ports: DrainPlatform['ports'] & ReconcilePorts;
}

/**
 * The composition root of those that follow tasks to the balancers: they wait behind drains. They alone carry EC2's
 * client, which is as large as all others together.
 */
export const targetsPlatform = /* @__PURE__ */ once((): TargetsPlatform => {
  const { haproxy, ports } = composeDrain('targets');
  const addresses = new Ec2Addresses(new EC2Client(paced()));
  return { haproxy, ports: { ...ports, haproxy, addresses } };
});

const composeDrain = (role: CallerRole): DrainPlatform => {
  const environment = readEnvironment(drainEnvironment);
  const store = new S3Store(
    new S3Client(awsClientOptions({ requestSeconds: 5 })),
    environment.STORMDRAIN_BUCKET,
  );
  const haproxy = composeHaproxy(environment, store);
  const pace = composePace(environment.STORMDRAIN_BUCKET, role);
  return {
    haproxy,
    ports: {
      store,
      clusters: environment.STORMDRAIN_DRAIN_CLUSTERS,
      cluster: new EcsContainerCluster(new ECSClient(paced()), pace),
      balancer: routeBalancers(new Elbv2Balancer(new ElasticLoadBalancingV2Client(paced()), pace), haproxy),
      capacity: new AutoScalingPool(new AutoScalingClient(paced())),
      pace,
      events: new EventBridgeEvents(
        new EventBridgeClient(awsClientOptions({ requestSeconds: 5, attempts: 3 })),
        environment.STORMDRAIN_EVENT_BUS,
      ),
      conductor: new StepFunctionsConductor(new SFNClient(awsClientOptions({ requestSeconds: 5 })), {
        clusterMachineArn: environment.STORMDRAIN_DRAIN_CLUSTER_MACHINE_ARN,
        instanceMachineArn: environment.STORMDRAIN_DRAIN_INSTANCE_MACHINE_ARN,
      }),
      letters: new SqsLetters(
        new SQSClient(awsClientOptions({ requestSeconds: 5 })),
        environment.STORMDRAIN_LETTERS_URL,
      ),
      time: pacedTime,
      random: Math.random,
    },
  };
};

const composeHaproxy = (environment: DrainEnvironment, store: S3Store): Balancer & RepairableBalancer =>
  environment.STORMDRAIN_HAPROXY === ''
    ? withoutHaproxy
    : createHaproxyBalancer({
        // One try: whoever calls tries again, and a HAProxy that is away must not hold up the other balancers for long.
        api: createRuntimeApi({ address: environment.STORMDRAIN_HAPROXY, timeoutMillis: 1500, tries: 1 }),
        store,
        nowMillis: pacedTime.nowMillis,
        deregistrationDelaySeconds: environment.STORMDRAIN_HAPROXY_DELAY_SECONDS,
      });
