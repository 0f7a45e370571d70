import { CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll } from 'vitest';
import { EventBridgeSchedules } from '../../src/platform/aws/event-bridge-schedules.ts';
import { describeRunSchedulesContract } from '../contract/run-schedules.contract.ts';
import { testAccount, testClientOptions, testRegion } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
let groups = 0;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

const schedulesIn = (client: SchedulerClient, group: string) =>
  new EventBridgeSchedules(client, {
    group,
    functionArn: `arn:aws:lambda:${testRegion}:${testAccount}:function:start-scheduled-run`,
    roleArn: `arn:aws:iam::${testAccount}:role/scheduler`,
    queueArn: `arn:aws:sqs:${testRegion}:${testAccount}:scheduler`,
  });

describeRunSchedulesContract('EventBridge Scheduler', async () => {
  groups += 1;
  const client = new SchedulerClient(testClientOptions(moto.url));
  await client.send(new CreateScheduleGroupCommand({ Name: `group-${groups}` }));
  return { schedules: schedulesIn(client, `group-${groups}`), close: async () => client.destroy() };
});
