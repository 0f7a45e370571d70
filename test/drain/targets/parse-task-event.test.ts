import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTaskEvent } from '../../../src/drain/targets/parse-task-event.ts';
import { aMessage, taskArn } from './support/a-shop.ts';

const parse = (detail: object) => parseTaskEvent(aMessage(detail).body);
const task = { kind: 'task', cluster: 'shop', taskArn };

describe('an event of a task', () => {
  it.each([
    ['RUNNING', 'RUNNING', 'running'],
    ['RUNNING', 'STOPPED', 'leaving'],
    ['DEACTIVATING', 'STOPPED', 'leaving'],
    ['DEACTIVATING', 'RUNNING', 'leaving'],
    ['STOPPING', 'STOPPED', 'leaving'],
    ['DEPROVISIONING', 'STOPPED', 'leaving'],
    ['PENDING', 'STOPPED', 'leaving'],
  ])('%s, wanted %s, is one that is %s', (lastStatus, desiredStatus, phase) => {
    expect(parse({ lastStatus, desiredStatus })).toEqual({ ...task, version: 3, phase, hasStopped: false });
  });

  it('tells the last one of them', () => {
    expect(parse({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', version: 9 })).toEqual({
      ...task,
      version: 9,
      phase: 'leaving',
      hasStopped: true,
    });
  });

  it.each(['PROVISIONING', 'PENDING', 'ACTIVATING', 'a new one'])(
    'is ignored while it is %s',
    (lastStatus) => {
      expect(parse({ lastStatus }).kind).toBe('ignored');
    },
  );

  it.each([
    ['a version that is none', { version: '3' }],
    ['an ARN of something else', { taskArn: 'arn:aws:ecs:us-east-1:1:service/shop/web' }],
    ['no cluster', { clusterArn: undefined }],
    ['no status', { lastStatus: undefined }],
  ])('with %s is unreadable, and says so', (_, detail) => {
    expect(parse(detail)).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('ECS Task State Change'),
    });
  });

  it('is never thrown back, whatever it is', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((detail) => aMessage(detail).body),
    );
    fc.assert(
      fc.property(texts, (body) => {
        expect(['task', 'ignored', 'unreadable']).toContain(parseTaskEvent(body).kind);
      }),
    );
  });
});
