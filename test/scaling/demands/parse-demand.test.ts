import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDemand } from '../../../src/scaling/demands/parse-demand.ts';

const request = { group_name: 'service:web', cluster: 'shop', cpu: 512, memory: 1024, task_id: 't-1' };
const action = {
  version: '0',
  source: 'aws.ecs',
  'detail-type': 'ECS Service Action',
  time: '2026-11-21T09:31:00Z',
  resources: ['arn:aws:ecs:us-east-1:111122223333:service/shop/web'],
  detail: {
    eventType: 'ERROR',
    eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
    clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/shop',
    reason: 'RESOURCE:CPU',
    createdAt: '2026-11-21T09:30:59.123Z',
  },
};
const bySns = (message: unknown) => ({
  Type: 'Notification',
  MessageId: 'm',
  Message: JSON.stringify(message),
});

const demand = {
  kind: 'demand',
  demand: {
    kind: 'request',
    cluster: 'shop',
    group: 'service:web',
    taskId: 't-1',
    cpu: 512,
    memoryMib: 1024,
  },
};
const failure = {
  kind: 'demand',
  demand: {
    kind: 'placementFailure',
    cluster: 'shop',
    service: 'web',
    atMillis: Date.parse('2026-11-21T09:30:59.123Z'),
  },
};

describe('a message about a task that found no room', () => {
  it.each([
    ['as it is', request, demand],
    ['with fields that nobody knows', { ...request, reason: 'RESOURCE:CPU' }, demand],
    ['with numbers as text', { ...request, cpu: '512', memory: '1024' }, demand],
    ['of a cluster by its ARN', { ...request, cluster: action.detail.clusterArn }, demand],
    ['through Amazon SNS', bySns(request), demand],
    ['through two topics', bySns(bySns(request)), demand],
    ['as an event of ECS', action, failure],
    ['as an event through Amazon SNS', bySns(action), failure],
    [
      'of a service by its old ARN',
      { ...action, resources: ['arn:aws:ecs:us-east-1:111122223333:service/web'] },
      failure,
    ],
  ])('is read %s', (_, message, expected) => {
    expect(parseDemand(JSON.stringify(message))).toEqual(expected);
  });

  it('is ignored when it is about something else that ECS did', () => {
    const detail = { ...action.detail, eventName: 'SERVICE_STEADY_STATE' };
    expect(parseDemand(JSON.stringify({ ...action, detail }))).toEqual({
      kind: 'ignored',
      reason: 'SERVICE_STEADY_STATE takes no room',
    });
  });

  it.each([
    ['hello', 'the message: expected a JSON object, got no JSON'],
    ['[]', 'the message: expected a JSON object, got a list'],
    [JSON.stringify({ ...request, task_id: '' }), 'task_id: expected a text of 1 to 300 characters, got ""'],
    [JSON.stringify({ ...request, cpu: -1 }), 'cpu: expected a number from 0 to 10,000,000, got -1'],
    [JSON.stringify({ ...request, cpu: 'much' }), 'cpu: expected a number from 0 to 10,000,000, got "much"'],
    [JSON.stringify({ ...request, cpu: 0, memory: 0 }), 'cpu, memory: expected one of them above 0'],
    [
      JSON.stringify({ ...request, cluster: undefined }),
      'cluster: expected a text of 1 to 300 characters, got nothing',
    ],
    [
      JSON.stringify({ ...action, 'detail-type': 'ECS Task State Change' }),
      'detail-type: expected "ECS Service Action", got "ECS Task State Change"',
    ],
    [
      JSON.stringify({ ...action, detail: { ...action.detail, createdAt: 'soon' } }),
      'ECS Service Action: detail.createdAt: expected an instant',
    ],
    [
      JSON.stringify({ Type: 'Notification', Message: 5 }),
      'the message: a Notification of Amazon SNS: Message: expected a text, got 5',
    ],
    [JSON.stringify(bySns(5)), 'Message: expected a JSON object, got 5'],
    [
      JSON.stringify(bySns(bySns(bySns(bySns(request))))),
      'the message: expected at most 3 wrappers of Amazon SNS around one',
    ],
  ])('is unreadable with a reason: %s', (body, reason) => {
    expect(parseDemand(body)).toEqual({ kind: 'unreadable', reason });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(['demand', 'ignored', 'unreadable']).toContain(parseDemand(body).kind);
      }),
      { seed: 6, numRuns: 300 },
    );
    fc.assert(
      fc.property(
        fc.record(
          { group_name: fc.anything(), cluster: fc.anything(), cpu: fc.anything(), task_id: fc.anything() },
          { requiredKeys: [] },
        ),
        (message) => {
          const body = JSON.stringify({ ...request, ...message }, (_, value) =>
            typeof value === 'bigint' ? String(value) : value,
          );
          expect(['demand', 'unreadable']).toContain(parseDemand(body).kind);
        },
      ),
      { seed: 6, numRuns: 300 },
    );
  });
});
