import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseNotice } from '../../src/drain/notices/parse-notice.ts';
import { parseTaskEvent } from '../../src/drain/targets/parse-task-event.ts';
import { matchesPattern } from '../rehearsal/event-pattern.ts';
import { packagedTemplate, referred, resourcesOf } from './packaged-template.ts';

const workerCluster = 'arn:aws:ecs:us-east-1:111122223333:cluster/workers';

const template = packagedTemplate();
/** What `Fn::GetAtt` gives in a pattern is the workers' cluster. */
const rules = resourcesOf(template, 'AWS::Events::Rule').map(([name, rule]) => ({
  name,
  pattern: JSON.parse(
    JSON.stringify(rule.EventPattern ?? {}).replaceAll(
      '{"Fn::GetAtt":["WorkerCluster","Arn"]}',
      JSON.stringify(workerCluster),
    ),
  ) as Readonly<Record<string, unknown>>,
  queues: (rule.Targets as readonly { readonly Arn: unknown }[]).map(({ Arn }) => referred(Arn)),
}));

/** The rules that hand an event to a queue. */
const rulesFor = (queue: string, event: unknown): readonly string[] =>
  rules
    .filter(({ queues, pattern }) => queues.includes(queue) && matchesPattern(pattern, event))
    .map(({ name }) => name);

type Recorded = Readonly<Record<string, unknown>> & { readonly detail: Readonly<Record<string, unknown>> };

const fixtures = 'test/fixtures/instance-events';
const recorded = (name: string): Recorded => JSON.parse(readFileSync(`${fixtures}/${name}.json`, 'utf8'));
const withDetail = (name: string, detail: Readonly<Record<string, unknown>>): Recorded => ({
  ...recorded(name),
  detail: { ...recorded(name).detail, ...detail },
});

const expected: Readonly<Record<string, readonly string[]>> = {
  'spot-terminate': ['SpotInterruptionRule'],
  'spot-stop': ['SpotInterruptionRule'],
  'spot-hibernate': ['SpotInterruptionRule'],
  'rebalance-recommendation': ['RebalanceRule'],
  'state-shutting-down': ['InstanceStateRule'],
  'state-stopping': ['InstanceStateRule'],
  'state-stopped': ['InstanceStateRule'],
  'state-terminated': ['InstanceStateRule'],
  'state-pending': [],
  'state-running': [],
  'lifecycle-terminate': ['LifecycleRule'],
  'lifecycle-launch': [],
  'health-scheduled-change': ['HealthRule'],
  'health-issue': [],
  'drain-request': ['DrainRequestRule'],
  // These come from a hook to the queue, without EventBridge.
  'hook-terminate': [],
  'hook-launch': [],
  'hook-test': [],
};

describe('the rules of instances that go away', () => {
  const names = readdirSync(fixtures).map((file) => file.replace('.json', ''));

  it('are tried with every event that was recorded', () => {
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(names)('let %s through once, or not at all', (name) => {
    expect(rulesFor('LeavingInstances', recorded(name))).toEqual(expected[name]);
  });

  it.each(names)('let %s through exactly when it is news, unless a hook sends it', (name) => {
    const isNews = parseNotice(JSON.stringify(recorded(name))).kind === 'leaving';
    if (!name.startsWith('hook-'))
      expect(rulesFor('LeavingInstances', recorded(name)).length > 0).toBe(isNews);
  });

  it.each<readonly [string, unknown]>([
    ['a warning of another source', { ...recorded('spot-terminate'), source: 'com.example' }],
    ['a request of another source', { ...recorded('drain-request'), source: 'aws.ec2' }],
    ['a state of another kind', { ...recorded('state-stopped'), 'detail-type': 'EC2 Fleet Instance Change' }],
    ['a health event of another service', withDetail('health-scheduled-change', { service: 'RDS' })],
    [
      'a notice of the account',
      withDetail('health-scheduled-change', { eventTypeCategory: 'accountNotification' }),
    ],
    ['a run that has finished', { source: 'stormdrain', 'detail-type': 'run.finished', detail: {} }],
    ['a drain that has ended', { source: 'stormdrain', 'detail-type': 'drain.ended', detail: {} }],
  ])('leave out %s', (_, event) => {
    expect(rulesFor('LeavingInstances', event)).toEqual([]);
  });

  it('let through what AWS has not told of yet, so that it is kept with a reason', () => {
    const unheardOf = withDetail('spot-terminate', { 'instance-action': 'migrate' });
    expect(rulesFor('LeavingInstances', unheardOf)).toEqual(['SpotInterruptionRule']);
    expect(parseNotice(JSON.stringify(unheardOf)).kind).toBe('unreadable');
  });
});

const taskEvent = (detail: Readonly<Record<string, unknown>>): Recorded => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  detail: {
    clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
    taskArn: 'arn:aws:ecs:us-east-1:111122223333:task/web/1dc5c17a422b4dc4b493371970c6c4d6',
    group: 'family:shop',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    version: 3,
    ...detail,
  },
});

describe('the rule of tasks that come and go', () => {
  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['runs', {}],
    ['is to stop', { desiredStatus: 'STOPPED' }],
    ['is being deactivated', { lastStatus: 'DEACTIVATING', desiredStatus: 'STOPPED' }],
    ['stops', { lastStatus: 'STOPPING', desiredStatus: 'STOPPED' }],
    ['has stopped', { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }],
  ])('lets a task through that %s', (_, detail) => {
    const event = taskEvent(detail);
    expect(rulesFor('TaskChanges', event)).toEqual(['TaskChangeRule']);
    expect(parseTaskEvent(JSON.stringify(event)).kind).toBe('task');
  });

  it.each<readonly [string, unknown]>([
    ['a task that is not running yet', taskEvent({ lastStatus: 'PENDING' })],
    ['a task of a service', taskEvent({ group: 'service:shop' })],
    ['a worker of a load test', taskEvent({ clusterArn: workerCluster })],
    ['an instance', { ...taskEvent({}), 'detail-type': 'ECS Container Instance State Change' }],
  ])('leaves out %s', (_, event) => {
    expect(rulesFor('TaskChanges', event)).toEqual([]);
  });
});

const placementFailure = (detail: Readonly<Record<string, unknown>>): Recorded => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Service Action',
  resources: ['arn:aws:ecs:us-east-1:111122223333:service/web/shop'],
  detail: {
    eventType: 'ERROR',
    eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
    clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
    reason: 'RESOURCE:CPU',
    createdAt: '2026-11-21T09:31:00.000Z',
    ...detail,
  },
});

describe('the rule of tasks without room', () => {
  it('lets them through, whatever they lack', () => {
    for (const reason of ['RESOURCE:CPU', 'RESOURCE:MEMORY', 'AGENT', 'unheard of'])
      expect(rulesFor('CapacityWanted', placementFailure({ reason }))).toEqual(['PlacementFailureRule']);
  });

  it.each<readonly [string, unknown]>([
    ['a service that is steady', placementFailure({ eventName: 'SERVICE_STEADY_STATE', eventType: 'INFO' })],
    ['a task that changes', { ...placementFailure({}), 'detail-type': 'ECS Task State Change' }],
    ['what another program tells', { ...placementFailure({}), source: 'com.example' }],
  ])('leaves out %s', (_, event) => {
    expect(rulesFor('CapacityWanted', event)).toEqual([]);
  });
});

describe('a rule of scaling', () => {
  it('is off as long as no cluster is named', () => {
    const rulesOff = resourcesOf(template, 'AWS::Events::Rule')
      .filter(([, { State }]) => JSON.stringify(State) === '{"Fn::If":["ScalingOn","ENABLED","DISABLED"]}')
      .map(([name]) => name);
    expect(rulesOff.sort()).toEqual(['PlacementFailureRule', 'ScalingTickRule']);
  });
});

describe('a rule of drains', () => {
  const ofDrains = resourcesOf(template, 'AWS::Events::Rule').filter(([, { State }]) =>
    JSON.stringify(State ?? '').includes('DrainsOn'),
  );

  it('is off as long as no cluster is named', () => {
    expect(ofDrains.map(([name]) => name).sort()).toEqual([
      'DrainRequestRule',
      'HealthRule',
      'InstanceStateRule',
      'LifecycleRule',
      'RebalanceRule',
      'ReconcileBalancersRule',
      'SpotInterruptionRule',
      'SweepDrainsRule',
      'TaskChangeRule',
    ]);
    for (const [name, { State }] of ofDrains)
      expect(State, name).toEqual({ 'Fn::If': ['DrainsOn', 'ENABLED', 'DISABLED'] });
  });

  it('has a pattern that is short enough for EventBridge', () => {
    for (const { name, pattern } of rules) expect(JSON.stringify(pattern).length, name).toBeLessThan(2048);
  });
});
