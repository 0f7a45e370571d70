import { readFileSync } from 'node:fs';

export const instanceId = 'i-0b662ef9931388ba0';
export const at = Date.UTC(2026, 10, 21, 9, 31);

/** Fields may be changed, removed and added: that is what most tests are about. */
export interface RecordedEvent {
  [field: string]: unknown;
  detail: Record<string, unknown>;
}

/** A message as it was recorded: test/fixtures/instance-events/<name>.json. */
export const instanceEvent = (name: string): RecordedEvent =>
  JSON.parse(readFileSync(new URL(`../../fixtures/instance-events/${name}.json`, import.meta.url), 'utf8'));

/** As Amazon SNS hands a message to a queue, unless its delivery is raw. */
export const throughSns = (message: string): string =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: '63a3f6b6-d533-4a47-aef9-fcf5cf758c76',
    TopicArn: 'arn:aws:sns:us-east-1:111122223333:instances',
    Subject: 'Auto Scaling: Lifecycle action "TERMINATING"',
    Message: message,
    Timestamp: '2026-11-21T09:31:01.901Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLEnTrFPa3',
    SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-f3ec.pem',
    UnsubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe',
  });

/** Every way in which a message may reach the queue. */
export const wrappings: readonly (readonly [string, (event: unknown) => string])[] = [
  ['straight or by raw delivery', (event) => JSON.stringify(event)],
  ['through SNS', (event) => throughSns(JSON.stringify(event))],
  ['through SNS twice', (event) => throughSns(throughSns(JSON.stringify(event, null, 2)))],
];
