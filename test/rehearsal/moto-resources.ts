import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { testClientOptions } from '../wire/aws-clients.ts';
import type { PackagedService } from './packaged-service.ts';

/** Ids that the AWS server gives itself: what the template's network becomes. */
export const makeNetwork = async (serviceUrl: string) => {
  const ec2 = new EC2Client(testClientOptions(serviceUrl));
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.42.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const subnet = async (CidrBlock: string) =>
    (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }))).Subnet?.SubnetId ?? '';
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: 'workers', Description: 'workers' }),
  );
  const GroupId = group.GroupId ?? '';
  const references = {
    Vpc: VpcId,
    SubnetA: await subnet('10.42.0.0/20'),
    SubnetB: await subnet('10.42.16.0/20'),
    WorkerSecurityGroup: GroupId,
  };
  ec2.destroy();
  return { references, attributes: { 'WorkerSecurityGroup.GroupId': GroupId } };
};

/** Creates what the functions and workers call upon, with the template's properties where they matter to a caller. */
export const makeResources = async (
  serviceUrl: string,
  service: PackagedService,
  stackName: string,
): Promise<void> => {
  const options = testClientOptions(serviceUrl);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  for (const { ref } of service.resources('AWS::S3::Bucket'))
    await s3.send(new CreateBucketCommand({ Bucket: ref }));
  const ecs = new ECSClient(options);
  for (const { ref } of service.resources('AWS::ECS::Cluster'))
    await ecs.send(
      new CreateClusterCommand({ clusterName: ref, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }),
    );
  for (const { properties } of service.resources('AWS::ECS::TaskDefinition'))
    await ecs.send(new RegisterTaskDefinitionCommand(taskDefinition(properties)));
  const sqs = new SQSClient(options);
  for (const { ref, properties } of service.resources('AWS::SQS::Queue'))
    await sqs.send(
      new CreateQueueCommand({
        QueueName: ref.split('/').at(-1) ?? '',
        Attributes: { VisibilityTimeout: String(properties.VisibilityTimeout ?? 30) },
      }),
    );
  const ecr = new ECRClient(options);
  for (const { ref } of service.resources('AWS::ECR::Repository')) {
    await ecr.send(new CreateRepositoryCommand({ repositoryName: ref }));
    await ecr.send(new PutImageCommand({ repositoryName: ref, imageTag: 'latest', imageManifest: manifest }));
  }
  const sfn = new SFNClient(options);
  await sfn.send(
    new CreateStateMachineCommand({
      name: service.stateMachineArn.split(':').at(-1) ?? '',
      definition: JSON.stringify(service.definition),
      roleArn: 'arn:aws:iam::123456789012:role/state-machine',
    }),
  );
  const scheduler = new SchedulerClient(options);
  for (const { ref } of service.resources('AWS::Scheduler::ScheduleGroup'))
    await scheduler.send(new CreateScheduleGroupCommand({ Name: ref }));
  const cloudFormation = new CloudFormationClient(options);
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: stackName,
      TemplateBody: JSON.stringify(outputsOnly(service.outputs)),
    }),
  );
  for (const client of [s3, ecs, sqs, ecr, sfn, scheduler, cloudFormation]) client.destroy();
};

/** A stack with the outputs, so that the command line finds its way. */
const outputsOnly = (outputs: Readonly<Record<string, string>>) => ({
  Resources: { Nothing: { Type: 'AWS::SNS::Topic' } },
  Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
});

/**
 * CloudFormation's names begin with a capital, the API's don't. Sizes go in numbers, to the container as well.
 */
const taskDefinition = (
  properties: Readonly<Record<string, unknown>>,
): RegisterTaskDefinitionCommandInput => {
  const lowered = lowerNames(properties) as RegisterTaskDefinitionCommandInput;
  const memory = 1024 * Number.parseFloat(String(properties.Memory));
  return {
    ...lowered,
    cpu: String(1024 * Number.parseFloat(String(properties.Cpu))),
    memory: String(memory),
    containerDefinitions: (lowered.containerDefinitions ?? []).map((container) => ({ ...container, memory })),
  };
};

const lowerNames = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lowerNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      lowerNames(inner),
    ]),
  );
};

const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: {
    mediaType: 'application/vnd.docker.container.image.v1+json',
    size: 1,
    digest: `sha256:${'0'.repeat(64)}`,
  },
  layers: [],
});
