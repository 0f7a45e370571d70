import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { DrainApi } from '../ports/drain-api.ts';
import type { LogsApi } from '../ports/logs-api.ts';
import type { RunApi } from '../ports/run-api.ts';
import type { ScalingApi } from '../ports/scaling-api.ts';
import type { ScheduleApi } from '../ports/schedule-api.ts';
import { ApiClient } from './api-client.ts';
import { RemoteDrainApi } from './remote-drain-api.ts';
import { RemoteLogsApi } from './remote-logs-api.ts';
import { RemoteRunApi } from './remote-run-api.ts';
import { RemoteScalingApi } from './remote-scaling-api.ts';
import { RemoteScheduleApi } from './remote-schedule-api.ts';
import { signedFetch } from './signed-fetch.ts';
import { readStackOutputs } from './stack-outputs.ts';
import { UploadSender } from './upload-sender.ts';

export interface RemotePlatform {
  readonly api: RunApi;
  readonly schedules: ScheduleApi;
  readonly drains: DrainApi;
  readonly scaling: ScalingApi;
  readonly logs: LogsApi;
  /** Where the stack's objects are. */
  readonly bucketName: string;
}

/**
 * A deployed stack, seen from anywhere: its outputs are read once, then its API is spoken to. Credentials and, without
 * `region`, the region come as the AWS command line finds them. Throws as `readStackOutputs` does.
 */
export const remotePlatform = async (stack: {
  readonly name: string;
  readonly region?: string | undefined;
}): Promise<RemotePlatform> => {
  // The SDK is a part of this program: which Node it will want some day is nothing that a user can act upon.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const credentials = defaultProvider();
  const cloudFormation = new CloudFormationClient({
    credentials,
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...(stack.region === undefined ? {} : { region: stack.region }),
  });
  try {
    const { apiUrl, bucketName, region } = await readStackOutputs(cloudFormation, stack.name);
    const client = new ApiClient({ stack: stack.name, apiUrl, send: signedFetch({ region, credentials }) });
    const uploads = new UploadSender(client);
    return {
      api: new RemoteRunApi(client, uploads),
      schedules: new RemoteScheduleApi(client, uploads),
      drains: new RemoteDrainApi(client),
      scaling: new RemoteScalingApi(client),
      logs: new RemoteLogsApi(client),
      bucketName,
    };
  } finally {
    cloudFormation.destroy();
  }
};
