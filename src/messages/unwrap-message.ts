import { shown } from './message-fields.ts';

/** A topic may be subscribed to a topic's queue; nobody nests deeper. */
const mostWrappers = 3;

type Unwrapped =
  | { readonly kind: 'message'; readonly message: object }
  /** What was expected, and where. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * The innermost message of a queue's: as it is, when it came straight or by a topic with raw delivery, else what Amazon SNS
 * has escaped: { "Type": "Notification", "MessageId": "…", "TopicArn": "arn:aws:sns:…", "Subject": "…",
 * "Message": "{\"version\":\"0\",…}", "Timestamp": "2026-11-21T09:31:01.000Z", "SignatureVersion": "1", … }
 */
export const unwrapMessage = (body: string): Unwrapped => {
  let text = body;
  let place = 'the message';
  for (let wrappers = 0; wrappers <= mostWrappers; wrappers++) {
    const json = parseJson(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      return unreadable(
        `${place}: expected a JSON object, got ${json === notJson ? 'no JSON' : shown(json)}`,
      );
    if (!('Type' in json)) return { kind: 'message', message: json };
    if (json.Type === 'SubscriptionConfirmation' || json.Type === 'UnsubscribeConfirmation')
      return unreadable(
        `${place}: a ${json.Type} of Amazon SNS for the topic ${'TopicArn' in json ? shown(json.TopicArn) : 'nothing'}: somebody must confirm it`,
      );
    if (json.Type !== 'Notification') return { kind: 'message', message: json };
    if (!('Message' in json) || typeof json.Message !== 'string')
      return unreadable(
        `${place}: a Notification of Amazon SNS: Message: expected a text, got ${shown('Message' in json ? json.Message : undefined)}`,
      );
    text = json.Message;
    place = `${place}.Message`.replace('the message.', '');
  }
  return unreadable(`the message: expected at most ${mostWrappers} wrappers of Amazon SNS around one`);
};

const unreadable = (reason: string): Unwrapped => ({ kind: 'unreadable', reason });

const notJson = Symbol('not JSON');

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
};
