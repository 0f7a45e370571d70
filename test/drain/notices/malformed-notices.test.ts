import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNotice } from '../../../src/drain/notices/parse-notice.ts';
import { instanceEvent, instanceId, type RecordedEvent, throughSns, wrappings } from './instance-events.ts';

/** A recorded event, spoiled. */
const spoiled = (name: string, spoil: (event: RecordedEvent) => unknown): string => {
  const event = instanceEvent(name);
  const instead = spoil(event);
  return JSON.stringify(instead === undefined ? event : instead);
};
const detailOf = (name: string, detail: object): string =>
  spoiled(name, (event) => ({ ...event, detail: { ...event.detail, ...detail } }));

const anId = 'expected the id of an EC2 instance';
const aType = 'detail-type: expected one of "EC2 Spot Instance Interruption Warning"';

const malformed: readonly (readonly [string, string, string])[] = [
  ['an empty message', '', 'the message: expected a JSON object, got no JSON'],
  ['no JSON', 'instance i-0b662ef9931388ba0 will be terminated', 'got no JSON'],
  ['half a message', JSON.stringify(instanceEvent('spot-terminate')).slice(0, -3), 'got no JSON'],
  ['null', 'null', 'got null'],
  ['a list of events', JSON.stringify([instanceEvent('spot-terminate')]), 'got a list'],
  ['a text with an event in it', JSON.stringify(JSON.stringify(instanceEvent('spot-terminate'))), 'got "{'],
  ['an empty object', '{}', `${aType}`],
  ['the detail without its envelope', JSON.stringify(instanceEvent('spot-terminate').detail), 'got nothing'],
  ['a batch in a message', JSON.stringify({ Records: [{ body: '{}' }] }), 'got nothing'],
  ['an event under another name', JSON.stringify({ event: instanceEvent('spot-terminate') }), 'got nothing'],
  [
    'detail-type spelled as in code',
    spoiled('spot-terminate', ({ 'detail-type': detailType, ...event }) => ({ ...event, detailType })),
    aType,
  ],
  [
    'detail-type in other letters',
    spoiled('spot-terminate', (event) => ({
      ...event,
      'detail-type': 'EC2 Spot Instance interruption warning',
    })),
    'got "EC2 Spot Instance interruption warning"',
  ],
  [
    'another event of EC2',
    spoiled('spot-terminate', (event) => ({
      ...event,
      'detail-type': 'EC2 Spot Instance Request Fulfillment',
    })),
    'got "EC2 Spot Instance Request Fulfillment"',
  ],
  [
    'an ECS event that names an instance',
    spoiled('state-terminated', (event) => ({
      ...event,
      source: 'aws.ecs',
      'detail-type': 'ECS Container Instance State Change',
      detail: { ec2InstanceId: instanceId, status: 'DRAINING' },
    })),
    'got "ECS Container Instance State Change"',
  ],
  [
    'detail-type that is a list, as in a rule',
    spoiled('spot-terminate', (event) => ({ ...event, 'detail-type': [event['detail-type']] })),
    'got a list',
  ],
  [
    'the right words in the wrong place',
    spoiled('spot-terminate', (event) => ({
      ...event,
      'detail-type': 'Custom',
      detail: { 'detail-type': 'EC2 Spot Instance Interruption Warning', detail: event.detail },
    })),
    'got "Custom"',
  ],
  [
    'an event from a source of somebody',
    spoiled('spot-terminate', (event) => ({ ...event, source: 'my.ec2' })),
    'source: expected "aws.ec2", got "my.ec2"',
  ],
  [
    'an event without a source',
    spoiled('rebalance-recommendation', ({ source, ...event }) => event),
    'source: expected "aws.ec2", got nothing',
  ],
  [
    'a lifecycle action from EC2',
    spoiled('lifecycle-terminate', (event) => ({ ...event, source: 'aws.ec2' })),
    'source: expected "aws.autoscaling"',
  ],
  [
    'no detail',
    spoiled('spot-terminate', ({ detail, ...event }) => event),
    'detail: expected an object, got nothing',
  ],
  [
    'an escaped detail',
    spoiled('spot-terminate', (event) => ({ ...event, detail: JSON.stringify(event.detail) })),
    'detail: expected an object, got "{',
  ],
  [
    'no time',
    spoiled('spot-terminate', ({ time, ...event }) => event),
    'time: expected an instant like "2026-11-21T09:31:00Z", got nothing',
  ],
  [
    'a time in seconds',
    spoiled('spot-terminate', (event) => ({ ...event, time: 1795253460 })),
    'time: expected an instant',
  ],
  [
    'a time without a zone',
    spoiled('spot-terminate', (event) => ({ ...event, time: '2026-11-21T09:31:00' })),
    'time: expected an instant',
  ],
  [
    'a day that is none',
    spoiled('spot-terminate', (event) => ({ ...event, time: '2026-13-41T09:31:00Z' })),
    'time: expected an instant',
  ],
  ['no instance', detailOf('spot-terminate', { 'instance-id': undefined }), `detail.instance-id: ${anId}`],
  [
    'an empty instance',
    detailOf('rebalance-recommendation', { 'instance-id': '' }),
    `detail.instance-id: ${anId}`,
  ],
  [
    "an instance's ARN for its id",
    detailOf('state-terminated', { 'instance-id': `arn:aws:ec2:us-east-1b:instance/${instanceId}` }),
    `detail.instance-id: ${anId}`,
  ],
  [
    'a container instance for an instance',
    detailOf('state-terminated', { 'instance-id': '1dc5c17a422b4dc4b493371970c6c4d6' }),
    `detail.instance-id: ${anId}`,
  ],
  [
    'an id of nine digits',
    detailOf('spot-stop', { 'instance-id': 'i-012345678' }),
    `detail.instance-id: ${anId}`,
  ],
  [
    'an id with a line end',
    detailOf('spot-stop', { 'instance-id': `${instanceId}\n` }),
    `detail.instance-id: ${anId}`,
  ],
  [
    'a list of ids',
    detailOf('spot-stop', { 'instance-id': [instanceId] }),
    `${anId} ("i-" and 8 or 17 hexadecimal digits), got a list`,
  ],
  [
    'another spelling of the id',
    detailOf('spot-stop', { 'instance-id': undefined, instanceId }),
    `detail.instance-id: ${anId}`,
  ],
  [
    'an action that nobody knows',
    detailOf('spot-terminate', { 'instance-action': 'reboot' }),
    'detail.instance-action: expected "terminate", "stop" or "hibernate", got "reboot"',
  ],
  [
    'a state that nobody knows',
    detailOf('state-terminated', { state: 'TERMINATED' }),
    'detail.state: expected a state of an EC2 instance, got "TERMINATED"',
  ],
  [
    'a transition that contradicts its event',
    detailOf('lifecycle-terminate', { LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' }),
    'detail.LifecycleTransition: expected "autoscaling:EC2_INSTANCE_TERMINATING"',
  ],
  [
    'a lifecycle action without a token',
    detailOf('lifecycle-terminate', { LifecycleActionToken: undefined }),
    'detail.LifecycleActionToken: expected a text, got nothing',
  ],
  [
    'a lifecycle action without a group',
    detailOf('lifecycle-terminate', { AutoScalingGroupName: '' }),
    'detail.AutoScalingGroupName: expected a text, got ""',
  ],
  [
    'a hook with the spelling of EC2',
    spoiled('hook-terminate', ({ EC2InstanceId, ...message }) => ({ ...message, 'instance-id': instanceId })),
    `lifecycle hook of Auto Scaling: EC2InstanceId: ${anId}`,
  ],
  [
    'a hook without a time',
    spoiled('hook-terminate', ({ Time, ...message }) => message),
    'lifecycle hook of Auto Scaling: Time: expected an instant',
  ],
  [
    'a hook with a transition that nobody knows',
    spoiled('hook-terminate', (message) => ({ ...message, LifecycleTransition: 'terminating' })),
    'LifecycleTransition: expected "autoscaling:EC2_INSTANCE_TERMINATING" or',
  ],
  [
    "a group's notification that an instance has ended, which is no hook's",
    spoiled('hook-test', (message) => ({
      ...message,
      Event: 'autoscaling:EC2_INSTANCE_TERMINATE',
      EC2InstanceId: instanceId,
    })),
    'lifecycle hook of Auto Scaling: LifecycleHookName: expected a text',
  ],
  [
    'a test notification of another service',
    spoiled('hook-test', (message) => ({ ...message, Service: 'My Auto Scaling' })),
    aType,
  ],
  [
    'a hook whose metadata speak of a test',
    spoiled('hook-terminate', (message) => ({
      ...message,
      EC2InstanceId: 'none',
      NotificationMetadata: 'autoscaling:TEST_NOTIFICATION',
    })),
    `EC2InstanceId: ${anId}`,
  ],
  [
    'a scheduled change without a start',
    detailOf('health-scheduled-change', { startTime: undefined }),
    'detail.startTime: expected an instant like "Sat, 21 Nov 2026 09:31:00 GMT", got nothing',
  ],
  [
    'a scheduled change at an instant in words',
    detailOf('health-scheduled-change', { startTime: 'next Saturday' }),
    'detail.startTime: expected an instant',
  ],
  [
    'a scheduled change without entities',
    detailOf('health-scheduled-change', { affectedEntities: undefined }),
    'detail.affectedEntities: expected a list of entities, got nothing',
  ],
  [
    'a scheduled change of instances that are none',
    detailOf('health-scheduled-change', { affectedEntities: [{ entityValue: 'i-XYZ' }, {}, null] }),
    'got "i-XYZ", an object, null',
  ],
  [
    'a request for no instance',
    detailOf('drain-request', { instanceIds: [] }),
    'detail.instanceIds: expected a list of at least one instance',
  ],
  [
    'a request with one instance that is none',
    detailOf('drain-request', { instanceIds: [instanceId, 'web-1'] }),
    `detail.instanceIds.1: ${anId}`,
  ],
  [
    'a request with a deadline in words',
    detailOf('drain-request', { deadline: '10m' }),
    'detail.deadline: expected an instant like "2026-11-21T09:31:00Z", got "10m"',
  ],
  [
    'a subscription to be confirmed',
    JSON.stringify({
      Type: 'SubscriptionConfirmation',
      TopicArn: 'arn:aws:sns:x',
      Token: 't',
      Message: 'You have…',
    }),
    'a SubscriptionConfirmation of Amazon SNS for the topic "arn:aws:sns:x": somebody must confirm it',
  ],
  [
    'a notification whose message is not escaped',
    JSON.stringify({ Type: 'Notification', Message: instanceEvent('spot-terminate') }),
    'a Notification of Amazon SNS: Message: expected a text, got an object',
  ],
  ['a notification in words', throughSns('Hello world!'), 'Message: expected a JSON object, got no JSON'],
  [
    'wrappers without end',
    [1, 2, 3, 4, 5].reduce((message) => throughSns(message), JSON.stringify(instanceEvent('spot-terminate'))),
    'expected at most 3 wrappers of Amazon SNS',
  ],
];

describe('a message that is none', () => {
  it.each(malformed)('is unreadable, and says why: %s', (_, body, reason) => {
    expect(parseNotice(body)).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
  });

  it('says it in one line that is not long', () => {
    for (const [, body] of malformed) {
      const notice = parseNotice(body);
      if (notice.kind !== 'unreadable') throw new Error(body);
      expect(notice.reason).not.toContain('\n');
      expect(notice.reason.length).toBeLessThan(500);
    }
  });

  it('never throws, whatever comes', () => {
    const kinds = ['leaving', 'ignored', 'unreadable'];
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue().map(throughAnything)), (body) => {
        expect(kinds).toContain(parseNotice(body).kind);
      }),
    );
    expect(parseNotice('['.repeat(200_000)).kind).toBe('unreadable');
    expect(parseNotice(`{"detail-type":${'['.repeat(5000)}${']'.repeat(5000)}}`).kind).toBe('unreadable');
  });

  it('never becomes the leaving of an instance by one spoiled field', () => {
    const names = [
      'spot-terminate',
      'rebalance-recommendation',
      'lifecycle-terminate',
      'hook-terminate',
      'drain-request',
    ];
    const needed = new Map([
      ['spot-terminate', ['source', 'detail-type', 'time', 'detail']],
      ['rebalance-recommendation', ['source', 'detail-type', 'time', 'detail']],
      ['lifecycle-terminate', ['source', 'detail-type', 'time', 'detail']],
      ['drain-request', ['source', 'detail-type', 'time', 'detail']],
      [
        'hook-terminate',
        ['EC2InstanceId', 'LifecycleTransition', 'Time', 'LifecycleActionToken', 'LifecycleHookName'],
      ],
    ]);
    const spoiling = fc.constantFrom(...names).chain((name) =>
      fc.record({
        name: fc.constant(name),
        field: fc.constantFrom(...(needed.get(name) ?? [])),
        value: fc.oneof(
          fc.integer(),
          fc.constant(null),
          fc.constant(''),
          fc.array(fc.string()),
          fc.boolean(),
        ),
      }),
    );
    fc.assert(
      fc.property(spoiling, fc.constantFrom(...wrappings), ({ name, field, value }, [, wrap]) => {
        const event = instanceEvent(name);
        event[field] = value;
        expect(parseNotice(wrap(event)).kind).toBe('unreadable');
      }),
    );
  });
});

const throughAnything = (value: unknown): string =>
  throughSns(JSON.stringify({ ...instanceEvent('spot-terminate'), detail: value }));

describe('a leaving', () => {
  it('is never lost by its wrapping, nor by fields that nobody asked for', () => {
    const id = fc.stringMatching(/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/);
    const extra = fc.dictionary(
      fc.string({ minLength: 1 }).map((key) => `x-${key}`),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(id, extra, extra, fc.constantFrom(...wrappings), (instance, around, inside, [, wrap]) => {
        const event = instanceEvent('spot-terminate');
        const detail = { ...inside, ...event.detail, 'instance-id': instance };
        const notice = parseNotice(wrap({ ...around, ...event, detail }));
        expect(notice).toMatchObject({ kind: 'leaving', leaving: [{ instanceId: instance }] });
      }),
    );
  });
});
