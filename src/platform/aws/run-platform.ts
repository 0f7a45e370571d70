import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { addressGuard } from '../../plan/allowed-targets.ts';
import type { RunPorts } from '../../run/run-ports.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { awsPace } from './aws-pace.ts';
import { composePace, pacedTime } from './compose-pace.ts';
import { EcsFleet } from './ecs-fleet.ts';
import { ecsPace } from './ecs-pace.ts';
import { type RunEnvironment, readEnvironment, runEnvironment } from './environment.ts';
import { EventBridgeEvents } from './event-bridge-events.ts';
import { once } from './once.ts';
import { S3Store } from './s3-store.ts';
import { unsurveyed } from './unsurveyed.ts';

export interface RunPlatform {
  readonly ports: RunPorts;
}

/** The composition root of the functions that carry out a run; the same at every call. Importing this builds nothing. */
export const runPlatform = /* @__PURE__ */ once(
  (): RunPlatform => ({ ports: composeRunPorts(readEnvironment(runEnvironment)) }),
);

export const composeRunPorts = (environment: RunEnvironment): RunPorts => {
  const store = new S3Store(new S3Client(awsClientOptions()), environment.STORMDRAIN_BUCKET);
  return {
    store,
    fleet: new EcsFleet({
      client: new ECSClient(awsClientOptions({ attempts: 1 })),
      store,
      task: {
        clusterArn: environment.STORMDRAIN_CLUSTER_ARN,
        taskDefinitionArn: environment.STORMDRAIN_TASK_DEFINITION_ARN,
        containerName: environment.STORMDRAIN_CONTAINER,
        subnets: environment.STORMDRAIN_SUBNETS,
        securityGroups: environment.STORMDRAIN_SECURITY_GROUPS,
        assignPublicIp: environment.STORMDRAIN_ASSIGN_PUBLIC_IP,
      },
      pace: ecsPace(composePace(environment.STORMDRAIN_BUCKET, 'launch'), pacedTime),
      spot: { share: environment.STORMDRAIN_SPOT_SHARE, fallback: environment.STORMDRAIN_SPOT_FALLBACK },
    }),
    events: new EventBridgeEvents(
      new EventBridgeClient(awsClientOptions({ requestSeconds: 5, attempts: 3 })),
      environment.STORMDRAIN_EVENT_BUS,
    ),
    clock: { nowMillis: () => Date.now() },
    guard: addressGuard(environment.STORMDRAIN_ALLOWED_TARGETS),
    pace: awsPace,
    survey: unsurveyed,
  };
};
