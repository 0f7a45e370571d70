import { testRegion } from '../aws-clients.ts';

/** Calls of SNS's query API; moto looks at no signature. */
const ask = async (
  url: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> => {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ Action: action, Version: '2010-03-31', ...parameters }),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${testRegion}/sns/aws4_request, SignedHeaders=host, Signature=0`,
    },
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`SNS answered ${response.status} to ${action}: ${text}`);
  return text;
};

/** A topic whose messages go to a queue, in SNS's envelope. Gives what publishes a message. */
export const openTopic = async (
  url: string,
  queueArn: string,
): Promise<(message: string) => Promise<void>> => {
  const created = await ask(url, 'CreateTopic', { Name: 'capacity-wanted' });
  const TopicArn = /<TopicArn>([^<]+)<\/TopicArn>/.exec(created)?.[1] ?? '';
  await ask(url, 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: queueArn });
  return async (Message) => {
    await ask(url, 'Publish', { TopicArn, Message });
  };
};
