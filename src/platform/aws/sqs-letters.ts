import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PlatformRefusedError, ServiceUnavailableError } from '../../errors.ts';
import type { DeadLetter, DeadLetters } from '../ports/dead-letters.ts';
import { classifyAwsFailure } from './aws-failure.ts';

/** SQS refuses an attribute without text; the whole message, attributes included, may have 1 MiB. */
const longestReason = 2_000;

/** Dead letters in a queue: the body as it came, and the attributes `reason` and `from`. Throws `PlatformRefused` where trying again won't help. */
export class SqsLetters implements DeadLetters {
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #queueUrl: string;

  constructor(client: Pick<SQSClient, 'send'>, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async keep({ body, reason, from }: DeadLetter): Promise<void> {
    const text = (value: string) => ({
      DataType: 'String',
      StringValue: plain(value).slice(0, longestReason),
    });
    try {
      await this.#client.send(
        new SendMessageCommand({
          QueueUrl: this.#queueUrl,
          // An empty body is refused.
          MessageBody: body === '' ? ' ' : body,
          MessageAttributes: { reason: text(reason), from: text(from) },
        }),
      );
    } catch (cause) {
      const failure = classifyAwsFailure(cause);
      const what = `Could not keep a message of ${from} in ${this.#queueUrl}: ${failure.text}.`;
      if (failure.kind === 'passing')
        throw new ServiceUnavailableError(`${what} Try again in a moment.`, { cause });
      throw new PlatformRefusedError(
        `${what} Check that the queue exists and that the role may send to it.`,
        {
          cause,
        },
      );
    }
  }
}

/** Characters that XML doesn't know are refused in attributes. */
const plain = (value: string): string => {
  const kept = [...value].map((each) => (/\p{Cc}|\p{Cs}/u.test(each) ? ' ' : each)).join('');
  return kept.trim() === '' ? 'no reason given' : kept;
};
