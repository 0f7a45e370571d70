import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { AwsCapacitySurvey, type SurveyedStack } from '../../../src/platform/aws/capacity-survey.ts';
import { aPace } from '../../run/builders.ts';

const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const cluster = 'arn:aws:ecs:us-east-1:123456789012:cluster/load';
const named = (name: string): Error => Object.assign(new Error('of AWS.\n  And more.'), { name });
const client = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' } };

/** An account that answers every call; `quotas` and so on are told to answer otherwise. */
const anAccount = (overrides: Partial<SurveyedStack> = {}) => {
  const clients = {
    quotas: new ServiceQuotasClient(client),
    ecs: new ECSClient(client),
    ec2: new EC2Client(client),
    ecr: new ECRClient(client),
  };
  const [quotas, ecs, ec2, ecr] = [
    mockClient(clients.quotas),
    mockClient(clients.ecs),
    mockClient(clients.ec2),
    mockClient(clients.ecr),
  ];
  quotas.on(GetServiceQuotaCommand, { QuotaCode: 'L-3032A538' }).resolves({ Quota: { Value: 100 } });
  quotas.on(GetServiceQuotaCommand, { QuotaCode: 'L-36FBB829' }).resolves({ Quota: { Value: 200 } });
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  ec2.on(DescribeSubnetsCommand).resolves({
    Subnets: [{ AvailableIpAddressCount: 250 }, { AvailableIpAddressCount: 7 }],
  });
  ecr.on(DescribeImagesCommand).resolves({ imageDetails: [{ imageDigest: 'sha256:1' }] });
  const time = { millis: 0 };
  const survey = new AwsCapacitySurvey(
    {
      region: 'us-east-1',
      cluster,
      subnets: ['subnet-a', 'subnet-b'],
      worker: { vcpu: 2, memoryGib: 4 },
      architecture: 'ARM64',
      image: `${registry}/worker:1`,
      spot: { share: 0.5, fallback: 'on-demand' },
      pace: aPace,
      ...overrides,
    },
    clients,
    () => time.millis,
  );
  return { survey, quotas, ecs, ec2, ecr, time };
};

describe('the survey of an AWS account', () => {
  it('tells what the account can give', async () => {
    const facts = await anAccount().survey.survey();
    expect(facts).toMatchObject({
      worker: { vcpu: 2, memoryGib: 4 },
      vcpus: { onDemand: { quota: 100, inUse: 0 }, spot: { quota: 200, inUse: 0 } },
      freeAddresses: 257,
      image: { kind: 'found', reference: `${registry}/worker:1` },
      launch: { burst: 100, perSecond: 20 },
      spot: { share: 0.5, fallback: 'on-demand' },
      unknowns: [],
    });
    expect(facts.price?.onDemandPerHourUsd).toBeCloseTo(2 * 0.03238 + 4 * 0.00356, 4);
    expect(facts.vcpus.onDemand?.name).toContain('Fargate On-Demand vCPU resource count" (L-3032A538)');
    expect(facts.vcpus.spot?.name).toContain('Fargate Spot vCPU resource count" (L-36FBB829)');
  });

  it('asks for what it names', async () => {
    const { survey, quotas, ec2, ecr } = anAccount();
    await survey.survey();
    expect(quotas.commandCalls(GetServiceQuotaCommand).map(({ args }) => args[0].input.ServiceCode)).toEqual([
      'fargate',
      'fargate',
    ]);
    expect(ec2.commandCalls(DescribeSubnetsCommand)[0]?.args[0].input).toEqual({
      SubnetIds: ['subnet-a', 'subnet-b'],
    });
    expect(ecr.commandCalls(DescribeImagesCommand)[0]?.args[0].input).toEqual({
      registryId: '123456789012',
      repositoryName: 'worker',
      imageIds: [{ imageTag: '1' }],
    });
  });

  it('takes the default of a quota that was never changed', async () => {
    const { survey, quotas } = anAccount();
    quotas.on(GetServiceQuotaCommand).rejects(named('NoSuchResourceException'));
    quotas.on(GetAWSDefaultServiceQuotaCommand).resolves({ Quota: { Value: 6 } });
    expect((await survey.survey()).vcpus).toMatchObject({ onDemand: { quota: 6 }, spot: { quota: 6 } });
  });

  it('counts the vCPUs of all tasks that run or start, page by page, spot apart', async () => {
    const { survey, ecs } = anAccount();
    ecs
      .on(ListTasksCommand)
      .resolvesOnce({ taskArns: ['a', 'b'], nextToken: 'more' })
      .resolves({ taskArns: ['c'] });
    ecs
      .on(DescribeTasksCommand, { tasks: ['a', 'b'] })
      .resolves({
        tasks: [
          { cpu: '4096', capacityProviderName: 'FARGATE_SPOT' },
          { cpu: '512', launchType: 'FARGATE' },
        ],
      })
      .on(DescribeTasksCommand, { tasks: ['c'] })
      .resolves({ tasks: [{ capacityProviderName: 'FARGATE' }] });
    expect((await survey.survey()).vcpus).toMatchObject({ onDemand: { inUse: 2.5 }, spot: { inUse: 4 } });
    expect(ecs.commandCalls(ListTasksCommand)[0]?.args[0].input).toMatchObject({
      cluster,
      desiredStatus: 'RUNNING',
    });
  });

  it('gives up counting after two thousand tasks', async () => {
    const { survey, ecs } = anAccount();
    ecs.on(ListTasksCommand).resolves({ taskArns: ['a'], nextToken: 'always more' });
    const { vcpus, unknowns } = await survey.survey();
    expect(vcpus).toEqual({ onDemand: null, spot: null });
    expect(unknowns.join()).toContain('more than 2000 tasks');
    expect(ecs.commandCalls(ListTasksCommand).length).toBeLessThan(25);
  });

  it.each(['ImageNotFoundException', 'RepositoryNotFoundException'])(
    'knows from %s that the image is missing',
    async (name) => {
      const { survey, ecr } = anAccount();
      ecr.on(DescribeImagesCommand).rejects(named(name));
      expect((await survey.survey()).image).toMatchObject({ kind: 'missing' });
    },
  );

  it.each([
    ['docker.io/team/worker:1', 'no registry of ECR'],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker:1', 'it is in eu-west-1'],
  ])('does not ask for %s', async (image, reason) => {
    const { survey, ecr } = anAccount({ image });
    expect((await survey.survey()).image).toEqual({
      kind: 'unknown',
      reference: image,
      reason: expect.stringContaining(reason),
    });
    expect(ecr.calls()).toHaveLength(0);
  });

  it('never fails: what can not be looked up is null and named, with the reason', async () => {
    const { survey, quotas, ecs, ec2, ecr } = anAccount({
      region: 'mars-1',
      image: `${registry.replace('us-east', 'mars')}/w`,
    });
    const denied = named('AccessDeniedException');
    quotas.onAnyCommand().rejects(denied);
    ecs.onAnyCommand().rejects(denied);
    ec2.onAnyCommand().rejects(denied);
    ecr.onAnyCommand().rejects(denied);
    const facts = await survey.survey();
    expect(facts).toMatchObject({
      vcpus: { onDemand: null, spot: null },
      freeAddresses: null,
      image: { kind: 'unknown', reason: 'AccessDeniedException: of AWS' },
    });
    expect(facts.unknowns).toHaveLength(5);
    expect(facts.unknowns[0]).toContain('mars-1 is not known here');
    for (const unknown of facts.unknowns.slice(1))
      expect(unknown).toMatch(/is not known: AccessDeniedException: of AWS\.$/);
  });

  it('asks again after a minute, and at once when something was not known', async () => {
    const { survey, ec2, time } = anAccount();
    ec2
      .on(DescribeSubnetsCommand)
      .rejectsOnce(named('Throttling'))
      .resolves({ Subnets: [{ AvailableIpAddressCount: 9 }] });
    const asked = () => ec2.commandCalls(DescribeSubnetsCommand).length;
    expect((await survey.survey()).freeAddresses).toBeNull();
    expect((await survey.survey()).freeAddresses).toBe(9);
    time.millis = 59_999;
    await survey.survey();
    expect(asked()).toBe(2);
    time.millis = 60_000;
    await survey.survey();
    expect(asked()).toBe(3);
  });
});
