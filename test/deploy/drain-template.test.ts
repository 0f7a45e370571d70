import { describe, expect, it } from 'vitest';
import { describeMetrics } from '../../src/platform/aws/describe-metrics.ts';
import {
  clustersOf,
  type Deployed,
  deployedWith,
  isArnLike,
  mappingOf,
  resources,
  statementsOf,
} from './deployed-template.ts';

const topic = 'arn:aws:sns:eu-central-1:111122223333:instances';

const off = deployedWith({});
const on = deployedWith({ DrainClusters: 'web,batch_2' });
const withNetwork = deployedWith({
  DrainClusters: 'web',
  HaproxyRuntimeApi: '10.0.0.10:9999',
  DrainSubnetIds: 'subnet-0a1b2c3d,subnet-4e5f6a7b',
  DrainSecurityGroupIds: 'sg-0a1b2c3d',
});

describe('a stack without DrainClusters', () => {
  it('hears of nothing and asks no queue', () => {
    for (const rule of [
      'SpotInterruptionRule',
      'TaskChangeRule',
      'SweepDrainsRule',
      'ReconcileBalancersRule',
    ])
      expect(off.of(rule, 'State'), rule).toBe('DISABLED');
    for (const mapping of ['InstanceLeaving', 'RegisterTargets'])
      expect(off.of(mappingOf(mapping), 'Enabled'), mapping).toBe(false);
    expect(off.holds('DrainsOn')).toBe(false);
  });

  it('may touch no cluster', () => {
    expect(clustersOf(off, 'DrainStepIamRoleLambdaExecution')).not.toEqual([]);
    for (const [pattern, ...more] of clustersOf(
      off,
      'DrainStepIamRoleLambdaExecution',
    ) as readonly string[][]) {
      expect(more).toEqual([]);
      expect(isArnLike(pattern ?? '', 'arn:aws:ecs:eu-central-1:111122223333:cluster/web')).toBe(false);
    }
  });
});

describe('a stack with DrainClusters', () => {
  it('hears of instances and tasks', () => {
    for (const rule of [
      'SpotInterruptionRule',
      'TaskChangeRule',
      'SweepDrainsRule',
      'ReconcileBalancersRule',
    ])
      expect(on.of(rule, 'State'), rule).toBe('ENABLED');
    for (const mapping of ['InstanceLeaving', 'RegisterTargets'])
      expect(on.of(mappingOf(mapping), 'Enabled'), mapping).toBe(true);
    expect(on.holds('DrainsOn')).toBe(true);
  });

  it('may touch those clusters, and no other whose name begins or ends alike', () => {
    const patterns = clustersOf(on, 'LookAtDrainIamRoleLambdaExecution') as readonly string[][];
    expect(patterns.length).toBeGreaterThan(0);
    const isAllowed = (name: string): boolean =>
      patterns.every((list) =>
        list.some((each) => isArnLike(each, `arn:aws:ecs:eu-central-1:111122223333:cluster/${name}`)),
      );
    expect(['web', 'batch_2'].every(isAllowed)).toBe(true);
    for (const other of ['web2', 'myweb', 'batch_', 'atch_2', ''])
      expect(isAllowed(other), other).toBe(false);
  });

  it('tells its functions of them', () => {
    expect(on.of('DrainStepLambdaFunction', 'Environment', 'Variables', 'STORMDRAIN_DRAIN_CLUSTERS')).toBe(
      'web,batch_2',
    );
  });
});

describe('the functions that talk to balancers', () => {
  const functions = ['DrainStep', 'LookAtDrain', 'RegisterTargets', 'ReconcileBalancers', 'DrainApi'];

  it.each(functions)('%s is in the network where there is one', (name) => {
    expect(withNetwork.of(`${name}LambdaFunction`, 'VpcConfig')).toEqual({
      SubnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6a7b'],
      SecurityGroupIds: ['sg-0a1b2c3d'],
    });
    const actions = JSON.stringify(statementsOf(withNetwork, `${name}IamRoleLambdaExecution`));
    expect(actions).toContain('ec2:CreateNetworkInterface');
  });

  it.each(functions)('%s is in no network where there is none, and may attach to none', (name) => {
    expect(() => on.of(`${name}LambdaFunction`, 'VpcConfig')).not.toThrow();
    expect(on.of(`${name}LambdaFunction`, 'VpcConfig')).toBeUndefined();
    const actions = JSON.stringify(statementsOf(on, `${name}IamRoleLambdaExecution`));
    expect(actions).not.toContain('ec2:CreateNetworkInterface');
  });

  it('are all that are', () => {
    const inVpc = Object.entries(resources)
      .filter(
        ([, { Type, Properties }]) =>
          Type === 'AWS::Lambda::Function' &&
          JSON.stringify(Properties?.VpcConfig ?? '').includes('"DrainInVpc"'),
      )
      .map(([name]) => name.replace('LambdaFunction', ''));
    expect(inVpc.sort()).toEqual([...functions].sort());
  });
});

describe('the queue of instances', () => {
  const sources = (deployed: Deployed): string =>
    JSON.stringify(deployed.of('LeavingInstancesPolicy', 'PolicyDocument', 'Statement'));

  it('takes what a topic tells only when one is named', () => {
    expect(sources(on)).not.toContain('sns.amazonaws.com');
    expect(sources(deployedWith({ DrainClusters: 'web', DrainTopicArn: topic }))).toContain(topic);
  });

  it('keeps a message for four days, and shows one that failed again while a notice of two minutes lasts', () => {
    expect(on.of('LeavingInstances', 'MessageRetentionPeriod')).toBe(4 * 86_400);
    expect(Number(on.of('LeavingInstances', 'VisibilityTimeout'))).toBeLessThanOrEqual(60);
  });

  it('gives a message up long before it expires, so that none is ever lost unseen', () => {
    for (const queue of ['LeavingInstances', 'TaskChanges']) {
      const tries = Number(on.of(queue, 'RedrivePolicy', 'maxReceiveCount'));
      const seconds = tries * Number(on.of(queue, 'VisibilityTimeout'));
      expect(seconds, queue).toBeLessThan(86_400);
      expect(Number(on.of('DrainLetters', 'MessageRetentionPeriod'))).toBeGreaterThan(
        Number(on.of(queue, 'MessageRetentionPeriod')),
      );
    }
  });
});

describe('an alarm on a metric of stormdrain', () => {
  it('has a name that is written into the log, over all', () => {
    const ofDrain = { drainId: 'd', cluster: 'web', instanceId: 'i-1', at: '2026-11-21T09:31:00Z' };
    const written = [
      describeMetrics({ type: 'drain.ended', outcome: 'empty', marginSeconds: 1, ...ofDrain }),
      describeMetrics({ type: 'drain.missed', missed: ['stopped after the deadline'], ...ofDrain }),
    ].flatMap(({ _aws }) => _aws.CloudWatchMetrics);
    const overAll = written
      .filter(({ Dimensions }) => Dimensions.some((names) => names.length === 0))
      .flatMap(({ Namespace, Metrics }) => Metrics.map(({ Name }) => `${Namespace} ${Name}`));
    const alarmed = Object.values(resources)
      .filter(
        ({ Type, Condition, Properties }) =>
          Type === 'AWS::CloudWatch::Alarm' &&
          Condition === 'DrainsOn' &&
          Properties?.Namespace === 'stormdrain',
      )
      .map(({ Properties }) => ({
        name: `${Properties?.Namespace} ${Properties?.MetricName}`,
        dimensions: Properties?.Dimensions,
      }));
    expect(alarmed).toEqual([{ name: 'stormdrain DrainsMissed', dimensions: undefined }]);
    for (const { name } of alarmed) expect(overAll).toContain(name);
  });
});
