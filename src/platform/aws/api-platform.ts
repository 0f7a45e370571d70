import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { ReadPorts, SubmitPorts } from '../../api/api-ports.ts';
import { addressGuard } from '../../plan/allowed-targets.ts';
import { DirectRunApi } from '../../run/direct-run-api.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { awsReadyTimeoutSeconds } from './aws-pace.ts';
import { composeSurvey } from './compose-survey.ts';
import { readApiEnvironment, readEnvironment, submitApiEnvironment } from './environment.ts';
import { EventBridgeSchedules } from './event-bridge-schedules.ts';
import { once } from './once.ts';
import { S3Store } from './s3-store.ts';
import { S3UploadTickets } from './s3-upload-tickets.ts';
import { StepFunctionsWorkflow } from './step-functions-workflow.ts';
import { unsurveyed } from './unsurveyed.ts';

const clock = { nowMillis: () => Date.now() };

/** API Gateway waits 30 s for an answer: an outage is told before that. */
const withinAnswer = () => awsClientOptions({ requestSeconds: 4, attempts: 3 });

/** What the reaper sees to is left to it, and so are segments. */
const fromRollups = { progressFrom: 'rollups' } as const;

/** The composition root of the function behind the reading routes; the same at every call. Importing this builds nothing. */
export const readPlatform = /* @__PURE__ */ once((): ReadPorts => {
  const environment = readEnvironment(readApiEnvironment);
  const store = new S3Store(new S3Client(withinAnswer()), environment.STORMDRAIN_BUCKET);
  const workflow = new StepFunctionsWorkflow(
    new SFNClient(withinAnswer()),
    environment.STORMDRAIN_STATE_MACHINE_ARN,
  );
  return { runs: new DirectRunApi({ store, clock, survey: unsurveyed }, workflow, fromRollups) };
});

/** The composition root of the function that takes plans. */
export const submitPlatform = /* @__PURE__ */ once((): SubmitPorts => {
  const environment = readEnvironment(submitApiEnvironment);
  const client = new S3Client(withinAnswer());
  const store = new S3Store(client, environment.STORMDRAIN_BUCKET);
  const workflow = new StepFunctionsWorkflow(
    new SFNClient(withinAnswer()),
    environment.STORMDRAIN_STATE_MACHINE_ARN,
  );
  return {
    runs: new DirectRunApi({ store, clock, survey: composeSurvey(environment) }, workflow, fromRollups),
    store,
    uploads: new S3UploadTickets(client, environment.STORMDRAIN_BUCKET, clock),
    schedules: new EventBridgeSchedules(new SchedulerClient(withinAnswer()), {
      group: environment.STORMDRAIN_SCHEDULE_GROUP,
      functionArn: environment.STORMDRAIN_SCHEDULE_TARGET_ARN,
      roleArn: environment.STORMDRAIN_SCHEDULE_ROLE_ARN,
      queueArn: environment.STORMDRAIN_SCHEDULE_QUEUE_ARN,
    }),
    guard: addressGuard(environment.STORMDRAIN_ALLOWED_TARGETS),
    readyTimeoutSeconds: awsReadyTimeoutSeconds,
  };
});
