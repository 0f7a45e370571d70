import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { testClientOptions, testRegion } from '../wire/aws-clients.ts';
import { matchesPattern } from './event-pattern.ts';

export interface EventRule {
  readonly pattern: unknown;
  readonly targetArn: string;
}

/** An event source mapping from a queue to a function. */
export interface QueueMapping {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
}

export interface EventDeliveryOptions {
  readonly serviceUrl: string;
  readonly rules: readonly EventRule[];
  readonly mappings: readonly QueueMapping[];
  /** By the ARN that a rule targets. */
  readonly functionsByArn: ReadonlyMap<string, string>;
  readonly invoke: (functionName: string, event: unknown) => Promise<unknown>;
}

export interface UndeliveredEvent {
  readonly functionName: string;
  readonly event: unknown;
  readonly error: unknown;
}

export interface EventDelivery {
  /** Delivers an event to what the template's rules name. */
  publish(event: unknown): void;
  /** Events that no function took even after three tries. */
  readonly undelivered: readonly UndeliveredEvent[];
  close(): Promise<void>;
}

const mostTries = 3;

/** Stands in for EventBridge and for the poller of Lambda's event source mappings; the queues are moto's. */
export const openEventDelivery = (options: EventDeliveryOptions): EventDelivery => {
  const sqs = new SQSClient(testClientOptions(options.serviceUrl));
  const undelivered: UndeliveredEvent[] = [];
  const underWay = new Set<Promise<void>>();
  let closed = false;

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };

  const toFunction = async (functionName: string, event: unknown): Promise<void> => {
    for (let attempt = 1; !closed; attempt++) {
      try {
        await options.invoke(functionName, event);
        return;
      } catch (error) {
        if (attempt === mostTries) return void undelivered.push({ functionName, event, error });
        await pause(500 * attempt);
      }
    }
  };

  const deliver = async (targetArn: string, event: unknown): Promise<void> => {
    const functionName = options.functionsByArn.get(targetArn);
    if (functionName !== undefined) return toFunction(functionName, event);
    const queue = options.mappings.find(({ queueArn }) => queueArn === targetArn);
    if (queue === undefined) return;
    await sqs.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody: JSON.stringify(event) }));
  };

  const poll = async (mapping: QueueMapping): Promise<void> => {
    while (!closed) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: mapping.queueUrl,
          MaxNumberOfMessages: Math.min(10, mapping.batchSize),
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) {
        await pause(250);
        continue;
      }
      const Records = Messages.map((message) => ({
        messageId: message.MessageId,
        receiptHandle: message.ReceiptHandle,
        body: message.Body,
        attributes: message.Attributes,
        messageAttributes: {},
        eventSource: 'aws:sqs',
        eventSourceARN: mapping.queueArn,
        awsRegion: testRegion,
      }));
      const failed = await failedMessages(options.invoke(mapping.functionName, { Records }));
      for (const { MessageId = '', ReceiptHandle = '' } of Messages)
        if (failed !== 'all' && !failed.has(MessageId))
          await sqs.send(new DeleteMessageCommand({ QueueUrl: mapping.queueUrl, ReceiptHandle }));
    }
  };
  for (const mapping of options.mappings)
    track(poll(mapping).catch((error: unknown) => console.error('event source mapping:', error)));

  return {
    undelivered,
    publish(event) {
      for (const { pattern, targetArn } of options.rules)
        if (matchesPattern(pattern, event)) track(deliver(targetArn, event));
    },
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
      sqs.destroy();
    },
  };
};

/** ReportBatchItemFailures: the messages named stay in the queue; all of them when the function failed. */
const failedMessages = async (invocation: Promise<unknown>): Promise<ReadonlySet<string> | 'all'> => {
  try {
    const answer = (await invocation) as { batchItemFailures?: { itemIdentifier: string }[] } | null;
    return new Set((answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  } catch {
    return 'all';
  }
};

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));
