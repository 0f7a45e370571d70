import { describe, expect, it } from 'vitest';
import { eventEveryMillis } from '../../src/scaling/tick/decide-due.ts';
import { describeTicks } from '../../src/scaling/tick/describe-ticks.ts';
import { tickSeconds } from '../../src/scaling/tick/scaling-tick.ts';
import { listOf } from './check-policies.ts';
import {
  clustersOf,
  type Deployed,
  deployedWith,
  isArnLike,
  mappingOf,
  resources,
  statementsOf,
} from './deployed-template.ts';
import { at, packagedTemplate, referred } from './packaged-template.ts';

const ticking = ['ScalingTick', 'FastTick', 'CapacityWanted'];
const roleOf = (name: string): string => `${name}IamRoleLambdaExecution`;

const off = deployedWith({});
const on = deployedWith({
  ScalingClusters: 'web,batch_2',
  ScalingGroups: 'web-on-demand,batch',
  ScalingSpotFleets: 'sfr-73fbd2ce-aa30-494c-8788-1cee4EXAMPLE',
  ScalingFleets: 'fleet-1,fleet-2',
});
const fast = deployedWith({ ScalingClusters: 'web', ScalingFastTick: 'on' });
const groupArn = (name: string): string =>
  `arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:5f2b:autoScalingGroupName/${name}`;
const fleetArn = (kind: string, id: string): string => `arn:aws:ec2:eu-central-1:111122223333:${kind}/${id}`;

const statementsWith = (deployed: Deployed, role: string, action: string): readonly unknown[] =>
  statementsOf(deployed, role).filter((each) =>
    listOf((at(each, 'Action') ?? []) as string | readonly string[]).includes(action),
  );

/** Whether a role may do that to the resource, as far as its Resource elements go. */
const mayTouch = (deployed: Deployed, role: string, action: string, arn: string): boolean =>
  statementsWith(deployed, role, action).some((each) =>
    listOf(at(each, 'Resource') as string | readonly string[]).some((pattern) => isArnLike(pattern, arn)),
  );

const tagsOf = (deployed: Deployed, role: string): Readonly<Record<string, unknown>> =>
  Object.assign(
    {},
    ...statementsWith(deployed, role, 'ec2:TerminateInstances').map((each) =>
      at(each, 'Condition', 'StringEquals'),
    ),
  );

describe('a stack without ScalingClusters', () => {
  it('hears of nothing, asks no queue and ticks nothing', () => {
    for (const rule of ['PlacementFailureRule', 'ScalingTickRule'])
      expect(off.of(rule, 'State'), rule).toBe('DISABLED');
    expect(off.of(mappingOf('CapacityWanted'), 'Enabled')).toBe(false);
    for (const condition of ['ScalingOn', 'FastTickOn', 'ScalingInVpc'])
      expect(off.holds(condition), condition).toBe(false);
  });

  it.each(ticking)('%s may touch no cluster, group, fleet or instance', (name) => {
    const patterns = clustersOf(off, roleOf(name)) as readonly string[][];
    expect(patterns.length).toBeGreaterThan(0);
    for (const [pattern, ...more] of patterns) {
      expect(more).toEqual([]);
      expect(isArnLike(pattern ?? '', 'arn:aws:ecs:eu-central-1:111122223333:cluster/web')).toBe(false);
    }
    expect(mayTouch(off, roleOf(name), 'autoscaling:SetDesiredCapacity', groupArn('web'))).toBe(false);
    expect(mayTouch(off, roleOf(name), 'ec2:ModifyFleet', fleetArn('fleet', 'fleet-1'))).toBe(false);
    expect(tagsOf(off, roleOf(name))).toEqual({
      'aws:ResourceTag/aws:ec2:fleet-id': [''],
      'aws:ResourceTag/aws:ec2spot:fleet-request-id': [''],
    });
  });

  it('has no alarm, topic or state machine of scaling', () => {
    const ofScaling = Object.entries(resources).filter(
      ([name, { Type }]) =>
        /^(Scaling|NoScaling|FastTick|StartFastTick|CapacityWanted)/.test(name) &&
        /Alarm|SNS|StateMachine/.test(Type),
    );
    expect(ofScaling.length).toBeGreaterThan(9);
    for (const [name, { Condition = '' }] of ofScaling) expect(off.holds(Condition), name).toBe(false);
  });
});

describe('a stack with ScalingClusters', () => {
  it('ticks each minute, and hears of tasks without room', () => {
    for (const rule of ['PlacementFailureRule', 'ScalingTickRule'])
      expect(on.of(rule, 'State'), rule).toBe('ENABLED');
    expect(on.of('ScalingTickRule', 'ScheduleExpression')).toBe('rate(1 minute)');
    expect(on.of(mappingOf('CapacityWanted'), 'Enabled')).toBe(true);
  });

  it.each(ticking)('%s may touch services of those clusters, and of no other', (name) => {
    const [statement] = statementsWith(on, roleOf(name), 'ecs:UpdateService');
    const patterns = at(statement, 'Condition', 'ArnLike', 'ecs:cluster') as readonly string[];
    const isAllowed = (cluster: string): boolean =>
      patterns.some((each) => isArnLike(each, `arn:aws:ecs:eu-central-1:111122223333:cluster/${cluster}`));
    expect(['web', 'batch_2'].every(isAllowed)).toBe(true);
    for (const other of ['web2', 'myweb', 'batch_', '']) expect(isAllowed(other), other).toBe(false);
  });

  it.each(ticking)('%s may change the groups that are named, and no other', (name) => {
    for (const action of [
      'autoscaling:SetDesiredCapacity',
      'autoscaling:TerminateInstanceInAutoScalingGroup',
    ]) {
      const isAllowed = (group: string) => mayTouch(on, roleOf(name), action, groupArn(group));
      expect([isAllowed('web-on-demand'), isAllowed('batch')]).toEqual([true, true]);
      for (const other of ['web', 'batch2', 'my-batch', '']) expect(isAllowed(other), other).toBe(false);
      const [statement] = statementsWith(on, roleOf(name), action);
      expect(at(statement, 'Condition', 'StringEquals')).toEqual({ 'aws:RequestedRegion': 'eu-central-1' });
    }
  });

  it.each(ticking)(
    '%s may change the fleets that are named, and end instances that they launched',
    (name) => {
      const spot = 'sfr-73fbd2ce-aa30-494c-8788-1cee4EXAMPLE';
      const may = (action: string, arn: string): boolean => mayTouch(on, roleOf(name), action, arn);
      expect(may('ec2:ModifyFleet', fleetArn('fleet', 'fleet-2'))).toBe(true);
      expect(may('ec2:ModifyFleet', fleetArn('fleet', 'fleet-22'))).toBe(false);
      expect(may('ec2:ModifySpotFleetRequest', fleetArn('spot-fleet-request', spot))).toBe(true);
      expect(may('ec2:ModifySpotFleetRequest', fleetArn('spot-fleet-request', 'sfr-1'))).toBe(false);
      expect(tagsOf(on, roleOf(name))).toEqual({
        'aws:ResourceTag/aws:ec2:fleet-id': ['fleet-1', 'fleet-2'],
        'aws:ResourceTag/aws:ec2spot:fleet-request-id': [spot],
      });
      for (const statement of statementsWith(on, roleOf(name), 'ec2:TerminateInstances'))
        expect(Object.keys((at(statement, 'Condition', 'StringEquals') ?? {}) as object)).toHaveLength(1);
    },
  );

  it('takes what the topic and the rule tell, and nothing else', () => {
    const senders = (deployed: Deployed): readonly unknown[] =>
      (deployed.of('CapacityWantedPolicy', 'PolicyDocument', 'Statement') as readonly unknown[])
        .filter((each) => at(each, 'Effect') === 'Allow')
        .map((each) => at(each, 'Principal', 'Service'));
    expect(senders(on)).toEqual(['events.amazonaws.com', 'sns.amazonaws.com']);
    expect(senders(off)).toEqual(['events.amazonaws.com']);
  });

  it('gives a message up long before it expires, so that none is ever lost unseen', () => {
    const tries = Number(on.of('CapacityWanted', 'RedrivePolicy', 'maxReceiveCount'));
    expect(tries * Number(on.of('CapacityWanted', 'VisibilityTimeout'))).toBeLessThan(86_400);
    expect(Number(on.of('ScalingLetters', 'MessageRetentionPeriod'))).toBeGreaterThan(
      Number(on.of('CapacityWanted', 'MessageRetentionPeriod')),
    );
  });
});

describe('a function that ticks', () => {
  const timeoutOf = (name: string): number => Number(on.of(`${name}LambdaFunction`, 'Timeout'));
  /** Behind the last call of a tick: that call, and what is written then. */
  const tail = 15;

  it('has the time that a tick may take', () => {
    expect(timeoutOf('ScalingTick')).toBeGreaterThanOrEqual(tickSeconds.act + tail);
    // One that lost its turn after reading, and another one; each waits for the one before it.
    const waits = (2 * eventEveryMillis) / 1000;
    expect(timeoutOf('CapacityWanted')).toBeGreaterThanOrEqual(
      waits + tickSeconds.read + tickSeconds.act + tail,
    );
  });

  it('is done with a message before it is looked at again', () => {
    expect(Number(on.of('CapacityWanted', 'VisibilityTimeout'))).toBeGreaterThan(
      6 * timeoutOf('CapacityWanted'),
    );
    expect(Number(on.of('CapacityWantedAlarm', 'Threshold'))).toBeGreaterThan(
      Number(on.of('CapacityWanted', 'VisibilityTimeout')),
    );
  });
});

describe('the fast tick', () => {
  it('is there only where it is asked for', () => {
    expect([off.holds('FastTickOn'), on.holds('FastTickOn'), fast.holds('FastTickOn')]).toEqual([
      false,
      false,
      true,
    ]);
    for (const name of ['FastTick', 'FastTickLogs', 'FastTickRole', 'FastTickRule', 'StartFastTickRole'])
      expect(resources[name]?.Condition, name).toBe('FastTickOn');
  });

  it('is started each minute by its own rule, and by nothing else', () => {
    expect(fast.of('FastTickRule', 'ScheduleExpression')).toBe('rate(1 minute)');
    const [target] = (resources.FastTickRule?.Properties?.Targets ?? []) as readonly unknown[];
    expect([referred(at(target, 'Arn')), referred(at(target, 'RoleArn'))]).toEqual([
      'FastTick',
      'StartFastTickRole',
    ]);
    const rule = at(
      (fast.of('StartFastTickRole', 'AssumeRolePolicyDocument', 'Statement') as readonly unknown[])[0],
      'Condition',
      'StringEquals',
      'aws:SourceArn',
    );
    expect(rule).toBe(`arn:aws:events:eu-central-1:111122223333:rule/${fast.of('FastTickRule', 'Name')}`);
  });

  it('is an Express machine, which a transition costs nothing', () => {
    expect(fast.of('FastTick', 'StateMachineType')).toBe('EXPRESS');
  });
});

describe('the functions that ask a Prometheus', () => {
  const withNetwork = {
    ScalingClusters: 'web',
    DrainSubnetIds: 'subnet-0a1b2c3d',
    DrainSecurityGroupIds: 'sg-0a1b2c3d',
  };
  const withBoth = deployedWith({ ...withNetwork, ScalingPrometheusUrl: 'http://prometheus.internal:9090' });
  const withoutPrometheus = deployedWith(withNetwork);

  it.each(ticking)('%s is in the network where there are both, and may attach to it', (name) => {
    expect(withBoth.of(`${name}LambdaFunction`, 'VpcConfig')).toEqual({
      SubnetIds: ['subnet-0a1b2c3d'],
      SecurityGroupIds: ['sg-0a1b2c3d'],
    });
    expect(JSON.stringify(statementsOf(withBoth, roleOf(name)))).toContain('ec2:CreateNetworkInterface');
  });

  it.each(ticking)('%s is in no network where there is no Prometheus', (name) => {
    expect(withoutPrometheus.of(`${name}LambdaFunction`, 'VpcConfig')).toBeUndefined();
    expect(JSON.stringify(statementsOf(withoutPrometheus, roleOf(name)))).not.toContain(
      'ec2:CreateNetworkInterface',
    );
  });
});

interface Written {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

describe('an alarm of scaling', () => {
  const alarms = Object.entries(resources).filter(
    ([, { Type, Condition }]) =>
      Type === 'AWS::CloudWatch::Alarm' && (Condition === 'ScalingOn' || Condition === 'FastTickOn'),
  );

  it('goes off for each of what an operator has to see to', () => {
    expect(alarms.map(([name]) => name).sort()).toEqual([
      'CapacityWantedAlarm',
      'FastTickFailedAlarm',
      'NoScalingTickAlarm',
      'ScalingLettersAlarm',
      'ScalingTickErrorsAlarm',
      'ScalingTickFailuresAlarm',
      'ScalingTickLateAlarm',
    ]);
  });

  it('watches metrics that are written into the log, over all', () => {
    const tick = { kind: 'ticked', cluster: 'web', tick: 't', everySeconds: 60, dryRun: false } as const;
    const counted = { decisions: [], actions: [], failures: [], calls: {}, leastCalls: {}, millis: 1 };
    const written = describeTicks({ ticks: [{ ...tick, ...counted, lateSeconds: 0 }], failed: [] }, 0)
      .flatMap((line) => at(line, '_aws', 'CloudWatchMetrics') as readonly Written[])
      .filter(({ Dimensions }) => Dimensions.some((names) => names.length === 0))
      .flatMap(({ Namespace, Metrics }) => Metrics.map(({ Name }) => `${Namespace} ${Name}`));
    const watched = alarms
      .map(([, { Properties }]) => Properties)
      .filter((properties) => properties?.Namespace === 'stormdrain');
    expect(watched.map((each) => each?.Dimensions)).toEqual([undefined, undefined]);
    expect(watched.map((each) => `${each?.Namespace} ${each?.MetricName}`).sort()).toEqual(written.sort());
  });

  it('goes off when ticks are missing, and for nothing else that is missing', () => {
    for (const [name, { Properties }] of alarms)
      expect(Properties?.TreatMissingData, name).toBe(
        name === 'NoScalingTickAlarm' ? 'breaching' : 'notBreaching',
      );
  });
});

describe('a group or fleet in the parameters', () => {
  const matches = (parameter: string, value: string): boolean => {
    const { AllowedPattern } = packagedTemplate().Parameters[parameter] as {
      readonly AllowedPattern?: string;
    };
    return new RegExp(AllowedPattern ?? '$^').test(value);
  };

  it.each([
    ['ScalingGroups', 'web,batch-2.spot'],
    ['ScalingSpotFleets', 'sfr-73fbd2ce-aa30-494c-8788-1cee4e3ab7d5'],
    ['ScalingFleets', 'fleet-12a34b55-67cd-8ef9-ba9b-9208dab1c2d3'],
    ['ScalingPrometheusUrl', 'https://prometheus.internal:9090'],
    ['ScalingClusters', ''],
  ])('%s may be %j', (parameter, value) => {
    expect(matches(parameter, value)).toBe(true);
  });

  it.each([
    // Each would name more than it says in a policy.
    ['ScalingGroups', 'web*'],
    ['ScalingGroups', 'we?'],
    ['ScalingGroups', '${aws:username}'],
    ['ScalingGroups', 'web,,batch'],
    ['ScalingSpotFleets', '*'],
    ['ScalingFleets', 'fleet-*'],
    ['ScalingClusters', 'arn:aws:ecs:eu-central-1:111122223333:cluster/web'],
    ['ScalingPrometheusUrl', 'prometheus:9090'],
  ])('%s may not be %j', (parameter, value) => {
    expect(matches(parameter, value)).toBe(false);
  });
});
