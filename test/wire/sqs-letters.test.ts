import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from 'vitest';
import { SqsLetters } from '../../src/platform/aws/sqs-letters.ts';
import type { DeadLetter } from '../../src/platform/ports/dead-letters.ts';
import { describeDeadLettersContract } from '../contract/dead-letters.contract.ts';
import { testClientOptions } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
let queues = 0;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

const open = async (url = moto.url) => {
  const sqs = new SQSClient(testClientOptions(moto.url));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `letters-${queues++}` }));
  const writer = new SQSClient({ ...testClientOptions(url), maxAttempts: 1 });
  const seen = new Map<string, DeadLetter>();
  return {
    letters: new SqsLetters(writer, QueueUrl),
    async kept() {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          VisibilityTimeout: 600,
        }),
      );
      for (const { MessageId = '', Body = '', MessageAttributes } of Messages)
        seen.set(MessageId, {
          body: Body,
          reason: MessageAttributes?.reason?.StringValue ?? '',
          from: MessageAttributes?.from?.StringValue ?? '',
        });
      return [...seen.values()];
    },
    async close() {
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      sqs.destroy();
      writer.destroy();
    },
  };
};

// Nobody listens at the port of discarded packets.
describeDeadLettersContract('SQS', open, () => open('http://127.0.0.1:9'));
