import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { SqsLetters } from '../../../src/platform/aws/sqs-letters.ts';
import { awsError } from './support/simulated-ecs.ts';

const open = () => {
  const client = new SQSClient({ region: 'us-east-1' });
  return { sqs: mockClient(client), letters: new SqsLetters(client, 'https://sqs.test/letters') };
};

describe('dead letters in SQS', () => {
  it('keeps the body as it came, with who gave up and why', async () => {
    const { sqs, letters } = open();
    await letters.keep({ body: '{"a":', reason: 'This is no JSON.', from: 'instance-leaving' });
    expect(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input).toEqual({
      QueueUrl: 'https://sqs.test/letters',
      MessageBody: '{"a":',
      MessageAttributes: {
        reason: { DataType: 'String', StringValue: 'This is no JSON.' },
        from: { DataType: 'String', StringValue: 'instance-leaving' },
      },
    });
  });

  it('gives SQS nothing that it refuses: no empty body, no reason that is empty, endless or unprintable', async () => {
    const { sqs, letters } = open();
    await letters.keep({ body: '', reason: '\u0000', from: 'x' });
    await letters.keep({ body: 'b', reason: 'r'.repeat(100_000), from: 'x' });
    const [first, second] = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
    expect(first?.MessageBody).toBe(' ');
    expect(first?.MessageAttributes?.reason?.StringValue).toBe('no reason given');
    expect(second?.MessageAttributes?.reason?.StringValue).toHaveLength(2_000);
  });

  it.each([
    ['ServiceUnavailable', awsError('ThrottlingException', 'Rate exceeded')],
    ['PlatformRefused', awsError('QueueDoesNotExist', 'no such queue')],
  ])('throws %s for what AWS answers', async (name, error) => {
    const { sqs, letters } = open();
    sqs.onAnyCommand().rejects(error);
    await expect(letters.keep({ body: 'b', reason: 'r', from: 'x' })).rejects.toMatchObject({ name });
  });
});
