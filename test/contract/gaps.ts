import { ListTasksCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { openBucket, testClientOptions } from '../wire/aws-clients.ts';
import { openEcs } from '../wire/ecs-account.ts';

/** Something that AWS does and moto doesn't. The part that needs it is tested against a stub instead. */
export interface Gap {
  readonly service: string;
  readonly what: string;
  /** Where the stub is used, to be removed when moto closes the gap. */
  readonly stub: string;
  /** Asks moto. */
  probe(url: string): Promise<'open' | 'closed'>;
}

/** `closed` when the call is refused, as AWS would. */
const isTaken = async (call: () => Promise<unknown>): Promise<'open' | 'closed'> => {
  try {
    await call();
    return 'open';
  } catch {
    return 'closed';
  }
};

export const gaps: readonly Gap[] = [
  {
    service: 'ecs',
    what: 'starts tasks twice for one client token',
    stub: 'test/platform/aws/support/simulated-ecs.ts and test/rehearsal/ecs-behaviours.ts',
    probe: async (url) => {
      const { ecs, task } = await openEcs(url);
      const run = async () =>
        ecs.send(
          new RunTaskCommand({
            cluster: task.clusterArn,
            taskDefinition: task.taskDefinitionArn,
            clientToken: 'one-token',
            capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
            networkConfiguration: {
              awsvpcConfiguration: {
                subnets: [...task.subnets],
                securityGroups: [...task.securityGroups],
              },
            },
          }),
        );
      const [first, second] = [await run(), await run()];
      ecs.destroy();
      return first.tasks?.[0]?.taskArn === second.tasks?.[0]?.taskArn ? 'closed' : 'open';
    },
  },
  {
    service: 'ecs',
    what: 'starts more than ten tasks in a call',
    stub: 'test/platform/aws/support/simulated-ecs.ts and test/rehearsal/ecs-behaviours.ts',
    probe: async (url) => {
      const { ecs, task } = await openEcs(url);
      const call = new RunTaskCommand({
        cluster: task.clusterArn,
        taskDefinition: task.taskDefinitionArn,
        count: 11,
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [...task.subnets], securityGroups: [...task.securityGroups] },
        },
      });
      const found = await isTaken(() => ecs.send(call));
      ecs.destroy();
      return found;
    },
  },
  {
    service: 'ecs',
    what: 'throttles nobody',
    stub: 'test/platform/aws/support/simulated-ecs.ts and test/rehearsal/fault-rules.ts',
    probe: async (url) => {
      const { ecs, task } = await openEcs(url);
      // ECS's bucket of these calls holds 100, and gains 20 a second.
      const calls = Array.from({ length: 200 }, () =>
        ecs.send(new ListTasksCommand({ cluster: task.clusterArn })),
      );
      const found = await isTaken(() => Promise.all(calls));
      await Promise.allSettled(calls);
      ecs.destroy();
      return found;
    },
  },
  {
    service: 'servicequotas',
    what: 'knows no quotas of Fargate',
    stub: 'test/wire/capacity-survey.test.ts',
    probe: async (url) => {
      const client = new ServiceQuotasClient(testClientOptions(url));
      const quota = { ServiceCode: 'fargate', QuotaCode: 'L-3032A538' };
      const isUnknown = await client.send(new GetServiceQuotaCommand(quota)).then(
        () => false,
        ({ name }) => name === 'NoSuchResourceException',
      );
      client.destroy();
      return isUnknown ? 'open' : 'closed';
    },
  },
  {
    service: 'scheduler',
    what: 'takes schedule expressions that mean nothing',
    stub: 'test/platform/aws/event-bridge-schedules.test.ts',
    probe: async (url) => {
      const client = new SchedulerClient(testClientOptions(url));
      await client.send(new CreateScheduleGroupCommand({ Name: 'gap' }));
      const answer = await isTaken(() =>
        client.send(
          new CreateScheduleCommand({
            Name: 'nonsense',
            GroupName: 'gap',
            ScheduleExpression: 'every full moon',
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: {
              Arn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
              RoleArn: 'arn:aws:iam::123456789012:role/r',
            },
          }),
        ),
      );
      await client.send(new DeleteScheduleGroupCommand({ Name: 'gap' }));
      client.destroy();
      return answer;
    },
  },
  {
    service: 's3',
    what: 'takes content that does not have the checksum it is sent with',
    stub: 'test/platform/aws/s3-upload-tickets.test.ts',
    probe: async (url) => {
      const client = await openBucket(url, 'gap-checksum');
      client.destroy();
      const response = await fetch(`${url}/gap-checksum/a`, {
        method: 'PUT',
        body: 'abc',
        headers: { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') },
      });
      return response.ok ? 'open' : 'closed';
    },
  },
  {
    service: 's3',
    what: 'takes a presigned request with a wrong signature',
    stub: 'test/platform/aws/s3-upload-tickets.test.ts',
    probe: async (url) => {
      const client = await openBucket(url, 'gap-signature');
      client.destroy();
      // Signed now, so that it can be refused for its signature only.
      const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
      const query = new URLSearchParams({
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': `test/${now.slice(0, 8)}/us-east-1/s3/aws4_request`,
        'X-Amz-Date': now,
        'X-Amz-Expires': '900',
        'X-Amz-SignedHeaders': 'host',
        'X-Amz-Signature': '0'.repeat(64),
      });
      const response = await fetch(`${url}/gap-signature/a?${query}`, { method: 'PUT', body: 'abc' });
      return response.ok ? 'open' : 'closed';
    },
  },
];
