import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from 'vitest';
import { EventBridgeEvents } from '../../src/platform/aws/event-bridge-events.ts';
import { describeEventSinkContract } from '../contract/event-sink.contract.ts';
import { testAccount, testClientOptions, testRegion } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

const log = (): void => {};

/** A bus with a rule for this product's events, as in docs/deploy.md, and a queue to see what matches it. */
const open = async () => {
  const client = new EventBridgeClient(testClientOptions(moto.url));
  const sqs = new SQSClient(testClientOptions(moto.url));
  const queue = await sqs.send(new CreateQueueCommand({ QueueName: 'told' }));
  await client.send(new CreateEventBusCommand({ Name: 'bus' }));
  const rule = { EventBusName: 'bus', Name: 'all' };
  await client.send(
    new PutRuleCommand({
      ...rule,
      EventPattern: JSON.stringify({
        source: ['stormdrain'],
        'detail-type': ['run.finished', 'worker.lost'],
        detail: { runId: ['r1'] },
      }),
    }),
  );
  const arn = `arn:aws:sqs:${testRegion}:${testAccount}:told`;
  await client.send(
    new PutTargetsCommand({ EventBusName: 'bus', Rule: 'all', Targets: [{ Id: 'q', Arn: arn }] }),
  );
  const told: unknown[] = [];
  return {
    sink: new EventBridgeEvents(client, 'bus', { log }),
    told: async () => {
      const received = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue.QueueUrl, MaxNumberOfMessages: 10 }),
      );
      for (const { Body } of received.Messages ?? []) told.push(JSON.parse(Body ?? '').detail);
      return [...told];
    },
    close: async () => {
      client.destroy();
      sqs.destroy();
    },
  };
};

const openBroken = async () => {
  const client = new EventBridgeClient({ ...testClientOptions('http://127.0.0.1:1'), maxAttempts: 2 });
  return {
    sink: new EventBridgeEvents(client, 'bus', { log }),
    told: async () => [],
    close: async () => client.destroy(),
  };
};

describeEventSinkContract('EventBridge', open, openBroken);
