import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drainRequestMessage } from '../../../src/drain/notices/drain-request.ts';
import { parseNotice } from '../../../src/drain/notices/parse-notice.ts';
import { at, instanceEvent, instanceId, wrappings } from './instance-events.ts';

const one = { instanceId, noticedAtMillis: at };
const lifecycle = {
  autoScalingGroupName: 'web',
  lifecycleHookName: 'drain',
  lifecycleActionToken: '0befcbdb-6ecd-498a-9ff7-ae9b54447cd6',
  instanceId,
};
const health = {
  cause: 'health',
  noticedAtMillis: at,
  deadlineMillis: Date.UTC(2026, 11, 5, 15, 10, 9),
  detail: 'AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED',
};
const leaving = (...instances: readonly object[]) => ({ kind: 'leaving', leaving: instances });
const ignored = (reason: string) => ({ kind: 'ignored', reason });

const expectations: Readonly<Record<string, object>> = {
  'spot-terminate': leaving({ ...one, cause: 'spot-terminate', deadlineMillis: at + 120_000 }),
  'spot-stop': leaving({ ...one, cause: 'spot-stop', deadlineMillis: at + 120_000 }),
  'spot-hibernate': leaving({ ...one, cause: 'spot-hibernate', deadlineMillis: at }),
  'rebalance-recommendation': leaving({ ...one, cause: 'rebalance', deadlineMillis: null }),
  'state-pending': ignored(`${instanceId} is pending`),
  'state-running': ignored(`${instanceId} is running`),
  'state-stopping': leaving({ ...one, cause: 'stopping', deadlineMillis: at }),
  'state-shutting-down': leaving({ ...one, cause: 'stopping', deadlineMillis: at }),
  'state-stopped': leaving({ ...one, cause: 'gone', deadlineMillis: at }),
  'state-terminated': leaving({ ...one, cause: 'gone', deadlineMillis: at }),
  'lifecycle-terminate': leaving({ ...one, cause: 'lifecycle', deadlineMillis: null, lifecycle }),
  'lifecycle-launch': ignored(`${instanceId} is being launched`),
  'hook-terminate': leaving({
    ...one,
    noticedAtMillis: at + 258,
    cause: 'lifecycle',
    deadlineMillis: null,
    lifecycle,
  }),
  'hook-launch': ignored(`${instanceId} is being launched`),
  'hook-test': ignored('Auto Scaling tests its notification target'),
  'health-scheduled-change': leaving({ ...health, instanceId }, { ...health, instanceId: 'i-0a1b2c3d' }),
  'health-issue': ignored('AWS Health Event AWS_EC2_OPERATIONAL_ISSUE: issue, no scheduled change'),
  'drain-request': leaving({
    ...one,
    cause: 'operator',
    deadlineMillis: at + 600_000,
    detail: 'arn:aws:sts::111122223333:assumed-role/operator/ada',
  }),
};

describe('news of instances', () => {
  it('has an expectation for each recorded event', () => {
    const recorded = readdirSync(new URL('../../fixtures/instance-events/', import.meta.url));
    expect(Object.keys(expectations).sort()).toEqual(
      recorded.map((file) => file.replace('.json', '')).sort(),
    );
  });

  for (const [way, wrap] of wrappings) {
    it.each(Object.entries(expectations))(`reads %s ${way}`, (name, notice) => {
      expect(parseNotice(wrap(instanceEvent(name)))).toEqual(notice);
    });
  }

  it('takes the instance from detail, whatever resources say', () => {
    for (const resources of [
      [],
      undefined,
      ['arn:aws:ec2:us-east-1b:instance/i-00000000'],
      'i-00000000',
      [null],
    ]) {
      const event = { ...instanceEvent('spot-terminate'), resources };
      expect(parseNotice(JSON.stringify(event))).toEqual(expectations['spot-terminate']);
    }
  });

  it('reads what an operator hands in', () => {
    const request = { instanceIds: [instanceId, 'i-0a1b2c3d'], requestedAtMillis: at, requestedBy: 'ada' };
    expect(parseNotice(drainRequestMessage({ ...request, deadlineMillis: null }))).toEqual(
      leaving(
        { ...one, cause: 'operator', deadlineMillis: null, detail: 'ada' },
        { ...one, instanceId: 'i-0a1b2c3d', cause: 'operator', deadlineMillis: null, detail: 'ada' },
      ),
    );
  });

  it("leaves the completion of ECS's own hook to ECS", () => {
    const event = instanceEvent('lifecycle-terminate');
    event.detail.LifecycleHookName = 'ecs-managed-draining-termination-hook';
    expect(parseNotice(JSON.stringify(event))).toEqual(
      leaving({ ...one, cause: 'lifecycle', deadlineMillis: null }),
    );
  });

  it('knows an instance that returns to a warm pool as leaving', () => {
    const event = instanceEvent('lifecycle-terminate');
    event.detail.Destination = 'WarmPool';
    expect(parseNotice(JSON.stringify(event))).toEqual(expectations['lifecycle-terminate']);
  });
});

describe('AWS Health', () => {
  const read = (detail: object) => {
    const event = instanceEvent('health-scheduled-change');
    return parseNotice(JSON.stringify({ ...event, detail: { ...event.detail, ...detail } }));
  };

  it.each([
    ['another service', { service: 'LAMBDA' }, 'of LAMBDA, not of EC2'],
    [
      'an account notification',
      { eventTypeCategory: 'accountNotification' },
      'accountNotification, no scheduled change',
    ],
    ['a closed event', { statusCode: 'closed' }, 'closed'],
    ['no entities', { affectedEntities: [] }, 'names no instance'],
    ['a dedicated host', { affectedEntities: [{ entityValue: 'h-0123456789abcdef0' }] }, 'names no instance'],
    [
      'an instance that is well again',
      { affectedEntities: [{ entityValue: instanceId, status: 'RESOLVED' }] },
      'names no instance',
    ],
  ])('ignores %s', (_, detail, reason) => {
    expect(read(detail)).toEqual({ kind: 'ignored', reason: expect.stringContaining(reason) });
  });

  it('reads the instances that it can, and names what it can not', () => {
    const notice = read({
      affectedEntities: [
        { entityValue: 'i-nstance' },
        { entityValue: instanceId },
        7,
        { entityValue: 'vol-1' },
      ],
    });
    expect(notice).toEqual({
      ...leaving({ ...health, instanceId }),
      unread: expect.stringContaining('got "i-nstance", 7'),
    });
  });
});
