import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AwsCapacitySurvey, type SurveyedStack } from '../../src/platform/aws/capacity-survey.ts';
import { describeCapacitySurveyContract } from '../contract/capacity-survey.contract.ts';
import { aPace } from '../run/builders.ts';
import { testAccount, testClientOptions, testRegion } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const json: (status: number, body: object) => Answer = (status, body) => (response) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
};

/** Service Quotas as far as the survey goes: moto has quotas of VPCs only (test/contract/gaps.ts). */
const quotaStub = async () => {
  const stub = { answers: [] as Answer[], asked: [] as string[] };
  const server = createServer((request, response) => {
    request.resume();
    stub.asked.push(String(request.headers['x-amz-target']));
    const answer = stub.answers.shift() ?? json(200, { Quota: { QuotaCode: 'L-1', Value: 64 } });
    answer(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    stub,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

let moto: MotoServer;
let quotas: Awaited<ReturnType<typeof quotaStub>>;
let subnet = '';
beforeAll(async () => {
  [moto, quotas] = await Promise.all([startMoto(), quotaStub()]);
});
afterAll(async () => {
  await quotas.close();
  await moto.close();
});

const host = `${testAccount}.dkr.ecr.${testRegion}.amazonaws.com`;
const clients = () => {
  const options = testClientOptions(moto.url);
  return {
    quotas: new ServiceQuotasClient({ ...options, endpoint: quotas.url }),
    ecs: new ECSClient(options),
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
  };
};

beforeEach(async () => {
  await moto.reset();
  quotas.stub.answers.length = 0;
  const { ecs, ec2, ecr } = clients();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.9.1.0/28' }));
  subnet = Subnet?.SubnetId ?? '';
  await ecs.send(new CreateClusterCommand({ clusterName: 'load' }));
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'worker' }));
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { mediaType: 'x', size: 1, digest: `sha256:${'0'.repeat(64)}` },
    layers: [],
  });
  await ecr.send(new PutImageCommand({ repositoryName: 'worker', imageManifest, imageTag: '1' }));
});

const surveyOf = (overrides: Partial<SurveyedStack> = {}): AwsCapacitySurvey =>
  new AwsCapacitySurvey(
    {
      region: testRegion,
      cluster: 'load',
      subnets: [subnet],
      worker: { vcpu: 1, memoryGib: 2 },
      architecture: 'ARM64',
      image: `${host}/worker:1`,
      spot: { share: 0.5, fallback: 'wait' },
      pace: aPace,
      ...overrides,
    },
    clients(),
  );

describeCapacitySurveyContract('AWS', async () => ({ survey: surveyOf(), close: async () => {} }));

describe('the survey of an AWS account over HTTP', () => {
  it('finds addresses, image and quotas', async () => {
    expect(await surveyOf().survey()).toMatchObject({
      vcpus: { onDemand: { quota: 64, inUse: 0 }, spot: { quota: 64, inUse: 0 } },
      freeAddresses: 11,
      image: { kind: 'found' },
      unknowns: [],
    });
  });

  it.each([`${host}/worker:2`, `${host}/worker`, `${host}/nobody:1`])('misses %s', async (image) => {
    expect((await surveyOf({ image }).survey()).image).toEqual({ kind: 'missing', reference: image });
  });

  it('counts the tasks of the cluster', async () => {
    const { ecs } = clients();
    const container = { name: 'worker', image: 'x', memory: 512 };
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'worker',
        cpu: '2048',
        memory: '4096',
        // With awsvpc moto would give each task an address that is not of its subnet, and fail.
        networkMode: 'bridge',
        containerDefinitions: [container],
      }),
    );
    await ecs.send(
      new RunTaskCommand({
        cluster: 'load',
        taskDefinition: 'worker',
        count: 3,
        launchType: 'FARGATE',
      }),
    );
    // A task of moto doesn't say its size: each counts as a worker does.
    const worker = { vcpu: 2, memoryGib: 4 };
    expect((await surveyOf({ worker }).survey()).vcpus.onDemand?.inUse).toBe(6);
  });

  it('takes the default of a quota that was never changed', async () => {
    const missing = json(400, { __type: 'NoSuchResourceException', Message: 'no such quota' });
    quotas.stub.answers.push(
      missing,
      missing,
      json(200, { Quota: { Value: 6 } }),
      json(200, { Quota: { Value: 6 } }),
    );
    expect((await surveyOf().survey()).vcpus).toMatchObject({ onDemand: { quota: 6 }, spot: { quota: 6 } });
    expect(quotas.stub.asked.at(-1)).toBe('ServiceQuotasV20190624.GetAWSDefaultServiceQuota');
  });

  it('goes without what is refused, missing or never answered', async () => {
    const denied = json(400, { __type: 'AccessDeniedException', Message: 'not allowed' });
    quotas.stub.answers.push(denied, () => undefined);
    const facts = await surveyOf({ cluster: 'nobody', subnets: ['subnet-0'] }).survey();
    expect(facts.vcpus).toEqual({ onDemand: null, spot: null });
    expect(facts.freeAddresses).toBeNull();
    const said = facts.unknowns.join('\n');
    for (const words of [
      'AccessDeniedException',
      'no answer within 6 s',
      'ClusterNotFound',
      'InvalidSubnetID',
    ])
      expect(said).toContain(words);
  });
});
