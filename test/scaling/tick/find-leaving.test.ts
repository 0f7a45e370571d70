import { describe, expect, it } from 'vitest';
import type { LeavingDocument, LeavingInstance } from '../../../src/drain/leaving/leaving-document.ts';
import { describeInstances } from '../../../src/scaling/tick/describe-instances.ts';
import { findLeaving, scalerName } from '../../../src/scaling/tick/find-leaving.ts';
import { aCapacityPolicy } from '../support/a-policy.ts';
import { anInstance } from '../support/paper-cluster.ts';

type Notice = LeavingInstance['notices'][number];

const now = Date.UTC(2026, 10, 21);
const aNotice = (notice: Partial<Notice> = {}): Notice => ({
  instanceId: 'i-1',
  cause: 'operator',
  noticedAtMillis: now,
  deadlineMillis: null,
  detail: scalerName,
  ...notice,
});
const documentOf = (entry: Partial<LeavingInstance>): LeavingDocument => ({
  version: 1,
  cluster: 'shop',
  generation: 1,
  leasedUntilMillis: 0,
  instances: {
    'i-1': {
      instanceId: 'i-1',
      drainId: 'i-1-a',
      pace: 'unhurried',
      deadlineMillis: null,
      heardAtMillis: now,
      notices: [aNotice()],
      ...entry,
    },
  },
});
const instances = (status: 'ACTIVE' | 'DRAINING', runningTasks: number, pendingTasks = 0) =>
  describeInstances(
    [anInstance({ instanceId: 'i-1', status, runningTasks, pendingTasks })],
    [],
    aCapacityPolicy(),
  );
const drains = { 'i-1': { drainId: '', pool: 'spot', weight: 1, askedAtMillis: now } };

const fact = (isOurs: boolean, state: string) => [{ instanceId: 'i-1', drainId: 'i-1-a', isOurs, state }];

describe('an instance that is leaving', () => {
  it('is ours when nobody and nothing else asks for it', () => {
    const of = (...notices: readonly Notice[]) =>
      findLeaving(documentOf({ notices: [...notices] }), instances('DRAINING', 2), {});
    expect(of(aNotice())).toEqual(fact(true, 'draining'));
    expect(of(aNotice({ detail: 'ada' }))).toEqual(fact(false, 'draining'));
    expect(of(aNotice(), aNotice({ cause: 'spot-terminate' }))).toEqual(fact(false, 'draining'));
    expect(of(aNotice({ cause: 'rebalance' }))).toEqual(fact(false, 'draining'));
    expect(of(aNotice(), aNotice({ cause: 'rebalance' }))).toEqual(fact(true, 'draining'));
  });

  it.each([
    ['over when nothing runs there any more', instances('DRAINING', 0), 'over'],
    ['over when it is registered no more', [], 'over'],
    ['failed when tasks are left', instances('DRAINING', 1), 'failed'],
    ['failed when tasks are about to run', instances('DRAINING', 0, 1), 'failed'],
  ])('is %s, after its drain has ended', (_, registered, state) => {
    expect(findLeaving(documentOf({ endedAtMillis: now }), registered, {})).toEqual(fact(true, state));
  });

  it('is taken back as long as nothing takes it anyway', () => {
    const cancelled = { cancelledAtMillis: now };
    expect(findLeaving(documentOf(cancelled), instances('DRAINING', 1), {})).toEqual(fact(true, 'takenBack'));
    const notices = [aNotice(), aNotice({ cause: 'spot-terminate' })];
    expect(findLeaving(documentOf({ ...cancelled, notices }), instances('DRAINING', 1), {})).toEqual(
      fact(false, 'draining'),
    );
  });

  it('is none when somebody else brought it back', () => {
    const entry = { endedAtMillis: now, notices: [aNotice({ detail: 'ada' })] };
    expect(findLeaving(documentOf(entry), instances('ACTIVE', 3), {})).toEqual([]);
    expect(findLeaving(documentOf(entry), instances('DRAINING', 0), {})).toEqual(fact(false, 'over'));
  });

  it('is known by what is remembered, when its drain is long forgotten', () => {
    const found = (registered: ReturnType<typeof instances>) => findLeaving(undefined, registered, drains);
    expect(found(instances('DRAINING', 0))).toEqual([
      { instanceId: 'i-1', drainId: '', isOurs: true, state: 'over' },
    ]);
    expect(found(instances('DRAINING', 2))).toMatchObject([{ state: 'failed' }]);
    // The request for its drain was never heard.
    expect(found(instances('ACTIVE', 2))).toEqual([]);
    expect(found([])).toEqual([]);
  });
});
