import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { openBucket, testAccount, testClientOptions, testEnvironment } from '../aws-clients.ts';
import type { DeployedMachine } from './carry-out-executions.ts';

export interface DrainStack {
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
  readonly lettersUrl: string;
  readonly bucket: string;
  readonly clusterMachine: DeployedMachine;
  readonly instanceMachine: DeployedMachine;
  close(): void;
}

/** What a handler is invoked with beside its event. */
export const invocation = { awsRequestId: 'rehearsed' } as never;

/**
 * What deploy/drain.yml makes for the functions of drains, and their environment, which is this process's from now on. With
 * `storeUrl` the bucket is there.
 */
export const openDrainStack = async (
  url: string,
  clusters: readonly string[],
  storeUrl = url,
): Promise<DrainStack> => {
  const sfn = new SFNClient(testClientOptions(url));
  const sqs = new SQSClient(testClientOptions(url));
  const bucket = 'drains';
  const s3 = await openBucket(storeUrl, bucket);
  s3.destroy();
  const { QueueUrl: lettersUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'letters' }));
  const machine = async (file: string, waitMillis: number | null): Promise<DeployedMachine> => {
    const { stateMachineArn: arn = '' } = await sfn.send(
      new CreateStateMachineCommand({
        name: file,
        // Interpreted from its file (carry-out-executions.ts); this one only records what is started.
        definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
        roleArn: `arn:aws:iam::${testAccount}:role/machine`,
      }),
    );
    return { arn, file, waitMillis };
  };
  const clusterMachine = await machine('drain-cluster', null);
  const instanceMachine = await machine('drain-instance', 3_000);
  Object.assign(process.env, testEnvironment(url), {
    AWS_ENDPOINT_URL_S3: storeUrl,
    STORMDRAIN_BUCKET: bucket,
    STORMDRAIN_EVENT_BUS: 'default',
    STORMDRAIN_DRAIN_CLUSTERS: clusters.join(','),
    STORMDRAIN_DRAIN_CLUSTER_MACHINE_ARN: clusterMachine.arn,
    STORMDRAIN_DRAIN_INSTANCE_MACHINE_ARN: instanceMachine.arn,
    STORMDRAIN_LETTERS_URL: lettersUrl,
    STORMDRAIN_HAPROXY: '',
    STORMDRAIN_HAPROXY_DELAY_SECONDS: '30',
  });
  return {
    sfn,
    sqs,
    lettersUrl,
    bucket,
    clusterMachine,
    instanceMachine,
    close: () => {
      sfn.destroy();
      sqs.destroy();
    },
  };
};
