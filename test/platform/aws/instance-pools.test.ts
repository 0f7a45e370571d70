import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeFleetInstancesCommand,
  DescribeFleetsCommand,
  DescribeSpotFleetInstancesCommand,
  DescribeSpotFleetRequestsCommand,
  EC2Client,
  ModifyFleetCommand,
  ModifySpotFleetRequestCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { AutoScalingGroups } from '../../../src/platform/aws/auto-scaling-groups.ts';
import { AwsInstancePools } from '../../../src/platform/aws/aws-instance-pools.ts';
import { Ec2Fleets } from '../../../src/platform/aws/ec2-fleets.ts';
import { SpotFleets } from '../../../src/platform/aws/spot-fleets.ts';
import type { CallBucket } from '../../../src/platform/ports/call-pace.ts';
import { awsError } from './support/simulated-ecs.ts';

const open = () => {
  const clients = {
    scaling: new AutoScalingClient({ region: 'us-east-1' }),
    ec2: new EC2Client({ region: 'us-east-1' }),
  };
  const paid: CallBucket[] = [];
  const pace = { pay: async (bucket: CallBucket) => void paid.push(bucket), throttled: () => undefined };
  const pools = new AwsInstancePools(
    {
      groups: new AutoScalingGroups(clients.scaling, pace),
      spotFleets: new SpotFleets(clients.ec2, pace),
      fleets: new Ec2Fleets(clients.ec2, pace),
    },
    clients.ec2,
  );
  return { scaling: mockClient(clients.scaling), ec2: mockClient(clients.ec2), pools, paid };
};

const group = (over: object = {}) => ({
  AutoScalingGroupName: 'web',
  DesiredCapacity: 2,
  MinSize: 1,
  MaxSize: 9,
  DefaultCooldown: 300,
  AvailabilityZones: [],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
  ...over,
});
const member = (InstanceId: string, LifecycleState: string, over: object = {}) => ({
  InstanceId,
  InstanceType: 'm6i.large',
  AvailabilityZone: 'us-east-1a',
  HealthStatus: 'Healthy',
  ProtectedFromScaleIn: false,
  LifecycleState: LifecycleState as 'InService',
  ...over,
});

describe('Auto Scaling groups as pools', () => {
  it('are described by name, a hundred a call, with their members', async () => {
    const { scaling, pools } = open();
    const Instances = [
      member('i-1', 'Pending:Wait'),
      member('i-2', 'InService', { ProtectedFromScaleIn: true }),
      member('i-3', 'Terminating:Wait'),
    ];
    scaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups: [group({ Instances })] });
    const type = 'm6i.large';
    expect(await pools.describePools('autoScalingGroup', ['web', 'batch'])).toEqual([
      {
        kind: 'autoScalingGroup',
        id: 'web',
        targetUnits: 2,
        minimumUnits: 1,
        maximumUnits: 9,
        isMaintained: true,
        weights: {},
        members: [
          { instanceId: 'i-1', type, state: 'starting', isProtected: false },
          { instanceId: 'i-2', type, state: 'inService', isProtected: true },
          { instanceId: 'i-3', type, state: 'ending', isProtected: false },
        ],
      },
    ]);
    expect(scaling.commandCalls(DescribeAutoScalingGroupsCommand)[0]?.args[0].input).toMatchObject({
      AutoScalingGroupNames: ['web', 'batch'],
      MaxRecords: 100,
    });
  });

  it('pay for the pages that a first one lacks, and give up when they have no end', async () => {
    const { scaling, pools, paid } = open();
    scaling
      .on(DescribeAutoScalingGroupsCommand)
      .resolvesOnce({ AutoScalingGroups: [group()], NextToken: 'more' })
      .resolvesOnce({ AutoScalingGroups: [group({ AutoScalingGroupName: 'batch' })] })
      .resolves({ AutoScalingGroups: [], NextToken: 'more' });
    const described = await pools.describePools('autoScalingGroup', ['web', 'batch']);
    expect(described.map(({ id }) => id)).toEqual(['web', 'batch']);
    expect(paid).toEqual(['capacity']);
    await expect(pools.describePools('autoScalingGroup', ['web'])).rejects.toMatchObject({
      name: 'CapacityUnavailable',
    });
  });

  it.each(['Standby', 'EnteringStandby', 'Detaching', 'Detached', 'Warmed:Running'])(
    'have no member in state %s: it does not count towards the target',
    async (state) => {
      const { scaling, pools } = open();
      const AutoScalingGroups = [group({ Instances: [member('i-1', state)] })];
      scaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups });
      expect(await pools.describePools('autoScalingGroup', ['web'])).toMatchObject([{ members: [] }]);
    },
  );

  it('are not maintained while they are deleted, or launch nothing', async () => {
    const { scaling, pools } = open();
    scaling.on(DescribeAutoScalingGroupsCommand).resolves({
      AutoScalingGroups: [
        group({ Status: 'Delete in progress' }),
        group({ SuspendedProcesses: [{ ProcessName: 'Launch' }] }),
        group({ SuspendedProcesses: [{ ProcessName: 'AZRebalance' }] }),
      ],
    });
    const described = await pools.describePools('autoScalingGroup', ['web']);
    expect(described.map(({ isMaintained }) => isMaintained)).toEqual([false, false, true]);
  });

  it("read weights from the policy's overrides, and from instances that say their own", async () => {
    const { scaling, pools } = open();
    const Overrides = [
      { InstanceType: 'm6i.large', WeightedCapacity: '2' },
      { InstanceType: 'm6i.xlarge', WeightedCapacity: '4' },
      { InstanceType: 'm6i.medium', WeightedCapacity: '1' },
    ];
    const Instances = [
      member('i-1', 'InService', { WeightedCapacity: '3' }),
      member('i-2', 'InService', { InstanceType: 'm6i.xlarge' }),
    ];
    const MixedInstancesPolicy = { LaunchTemplate: { Overrides } };
    const AutoScalingGroups = [group({ Instances, MixedInstancesPolicy })];
    scaling.on(DescribeAutoScalingGroupsCommand).resolves({ AutoScalingGroups });
    expect(await pools.describePools('autoScalingGroup', ['web'])).toMatchObject([
      { weights: { 'm6i.large': 3, 'm6i.xlarge': 4 } },
    ]);
  });

  it('are set without waiting for their own cooldown', async () => {
    const { scaling, pools } = open();
    scaling.on(SetDesiredCapacityCommand).resolves({});
    await pools.setTarget({ kind: 'autoScalingGroup', id: 'web' }, 5);
    expect(scaling.commandCalls(SetDesiredCapacityCommand)[0]?.args[0].input).toEqual({
      AutoScalingGroupName: 'web',
      DesiredCapacity: 5,
      HonorCooldown: false,
    });
  });

  it('end an instance and lower their target in one call; one that is gone is fine, a minimum is not', async () => {
    const { scaling, pools } = open();
    scaling
      .on(TerminateInstanceInAutoScalingGroupCommand)
      .resolvesOnce({})
      .rejectsOnce(
        awsError('ValidationError', 'Instance Id not found - No managed instance found for instance ID: i-1'),
      )
      .rejects(awsError('ValidationError', 'Currently, desiredSize equals minSize (1). …'));
    const pool = { kind: 'autoScalingGroup', id: 'web' } as const;
    await pools.terminate(pool, 'i-1');
    await pools.terminate(pool, 'i-1');
    await expect(pools.terminate(pool, 'i-2')).rejects.toMatchObject({
      name: 'CapacityRefused',
      message: expect.stringMatching(/i-2 of Auto Scaling group web.*minSize/),
    });
    expect(scaling.commandCalls(TerminateInstanceInAutoScalingGroupCommand)[0]?.args[0].input).toEqual({
      InstanceId: 'i-1',
      ShouldDecrementDesiredCapacity: true,
    });
  });
});

const fleet = (FleetId: string, over: object = {}) => ({
  FleetId,
  FleetState: 'active' as const,
  Type: 'maintain' as const,
  TargetCapacitySpecification: { TotalTargetCapacity: 6 },
  ...over,
});
const spotFleet = (SpotFleetRequestId: string, state = 'active', config: object = {}) => ({
  SpotFleetRequestId,
  SpotFleetRequestState: state as 'active',
  SpotFleetRequestConfig: { IamFleetRole: 'r', TargetCapacity: 6, Type: 'maintain' as const, ...config },
});
const missing = (name: string, text: string) => awsError(name, text);

describe('fleets as pools', () => {
  it('are described with their weights', async () => {
    const { ec2, pools } = open();
    const Overrides = [
      { InstanceType: 'c6i.large' as const, WeightedCapacity: 1 },
      { InstanceType: 'c6i.xlarge' as const, WeightedCapacity: 2 },
    ];
    const LaunchTemplateConfigs = [{ Overrides }];
    ec2.on(DescribeFleetsCommand).resolves({ Fleets: [fleet('fleet-1', { LaunchTemplateConfigs })] });
    ec2.on(DescribeSpotFleetRequestsCommand).resolves({
      SpotFleetRequestConfigs: [
        spotFleet('sfr-1', 'modifying', {
          LaunchSpecifications: [{ InstanceType: 'c6i.2xlarge', WeightedCapacity: 4 }],
          LaunchTemplateConfigs,
        }),
      ],
    });
    const facts = { targetUnits: 6, minimumUnits: null, maximumUnits: null, isMaintained: true };
    expect(await pools.describePools('ec2Fleet', ['fleet-1'])).toEqual([
      { kind: 'ec2Fleet', id: 'fleet-1', ...facts, weights: { 'c6i.xlarge': 2 } },
    ]);
    expect(await pools.describePools('spotFleet', ['sfr-1'])).toEqual([
      { kind: 'spotFleet', id: 'sfr-1', ...facts, weights: { 'c6i.xlarge': 2, 'c6i.2xlarge': 4 } },
    ]);
  });

  it('fall no lower than the part that they keep on demand, or on spot, whatever their target', async () => {
    const { ec2, pools } = open();
    const split = (FleetId: string, type: 'spot' | 'on-demand', onDemand: number, spot: number) =>
      fleet(FleetId, {
        TargetCapacitySpecification: {
          TotalTargetCapacity: onDemand + spot,
          OnDemandTargetCapacity: onDemand,
          SpotTargetCapacity: spot,
          DefaultTargetCapacityType: type,
        },
      });
    ec2.on(DescribeFleetsCommand).resolves({
      Fleets: [
        split('fleet-1', 'spot', 2, 4),
        split('fleet-2', 'on-demand', 2, 4),
        split('fleet-3', 'spot', 0, 6),
        split('fleet-4', 'on-demand', 6, 0),
      ],
    });
    ec2.on(DescribeSpotFleetRequestsCommand).resolves({
      SpotFleetRequestConfigs: [
        spotFleet('sfr-1', 'active', { OnDemandTargetCapacity: 2 }),
        spotFleet('sfr-2', 'active', { OnDemandTargetCapacity: 0 }),
      ],
    });
    const kept = async (kind: 'ec2Fleet' | 'spotFleet') =>
      (await pools.describePools(kind, ['any'])).map(({ minimumUnits, keeps }) => [minimumUnits, keeps]);
    expect(await kept('ec2Fleet')).toEqual([
      [2, 'onDemand'],
      [4, 'spot'],
      [null, undefined],
      [null, undefined],
    ]);
    expect(await kept('spotFleet')).toEqual([
      [2, 'onDemand'],
      [null, undefined],
    ]);
  });

  it('are not maintained once they are deleted, or asked for once only; those without instances are gone', async () => {
    const { ec2, pools } = open();
    ec2.on(DescribeFleetsCommand).resolves({
      Fleets: [
        fleet('fleet-1', { FleetState: 'deleted_running' }),
        fleet('fleet-2', { Type: 'request' }),
        fleet('fleet-3', { FleetState: 'deleted' }),
        fleet('fleet-4', { FleetState: 'submitted' }),
      ],
    });
    ec2.on(DescribeSpotFleetRequestsCommand).resolves({
      SpotFleetRequestConfigs: [
        spotFleet('sfr-1', 'cancelled_terminating'),
        spotFleet('sfr-2', 'active', { Type: 'request' }),
        spotFleet('sfr-3', 'cancelled'),
        spotFleet('sfr-4'),
      ],
    });
    const of = async (kind: 'ec2Fleet' | 'spotFleet') =>
      (await pools.describePools(kind, ['any'])).map(({ id, isMaintained }) => [id, isMaintained]);
    expect(await of('ec2Fleet')).toEqual([
      ['fleet-1', false],
      ['fleet-2', false],
      ['fleet-4', true],
    ]);
    expect(await of('spotFleet')).toEqual([
      ['sfr-1', false],
      ['sfr-2', false],
      ['sfr-4', true],
    ]);
  });

  it('that are not there are left out by asking again without those that the refusal names, which is paid for', async () => {
    const { ec2, pools, paid } = open();
    ec2
      .on(DescribeFleetsCommand)
      .rejectsOnce(missing('InvalidFleetId.NotFound', "The fleet ID 'fleet-2' does not exist"))
      .resolves({ Fleets: [fleet('fleet-1'), fleet('fleet-3')] });
    const described = await pools.describePools('ec2Fleet', ['fleet-1', 'fleet-2', 'fleet-3']);
    expect(described.map(({ id }) => id)).toEqual(['fleet-1', 'fleet-3']);
    expect(ec2.commandCalls(DescribeFleetsCommand).map(({ args }) => args[0].input.FleetIds)).toEqual([
      ['fleet-1', 'fleet-2', 'fleet-3'],
      ['fleet-1', 'fleet-3'],
    ]);
    expect(paid).toEqual(['fleetRead']);
  });

  it('are asked for one by one when the refusal names none, and none is there when all are gone', async () => {
    const { ec2, pools, paid } = open();
    const refused = missing('InvalidSpotFleetRequestId.NotFound', 'does not exist');
    ec2.on(DescribeSpotFleetRequestsCommand).rejects(refused);
    ec2
      .on(DescribeSpotFleetRequestsCommand, { SpotFleetRequestIds: ['sfr-2'] })
      .resolves({ SpotFleetRequestConfigs: [spotFleet('sfr-2')] });
    expect(await pools.describePools('spotFleet', ['sfr-1', 'sfr-2'])).toMatchObject([{ id: 'sfr-2' }]);
    expect(paid).toEqual(['fleetRead', 'fleetRead']);
    expect(await pools.describePools('spotFleet', ['sfr-1'])).toEqual([]);
  });

  it('list their instances a page at a time', async () => {
    const { ec2, pools } = open();
    const ActiveInstances = [
      { InstanceId: 'i-1', InstanceType: 'c6i.large' },
      { InstanceType: 'c6i.large' },
      { InstanceId: 'i-2', InstanceType: 'c6i.large', SpotInstanceRequestId: 'sir-1' },
    ];
    ec2.on(DescribeFleetInstancesCommand).resolves({ ActiveInstances, NextToken: 'more' });
    ec2.on(DescribeSpotFleetInstancesCommand).resolves({ ActiveInstances, NextToken: '' });
    const one = { type: 'c6i.large', state: 'inService', isProtected: false };
    const members = [
      { instanceId: 'i-1', ...one, purchase: 'onDemand' },
      { instanceId: 'i-2', ...one, purchase: 'spot' },
    ];
    expect(await pools.listMembers('ec2Fleet', 'fleet-1', 'here')).toEqual({ members, next: 'more' });
    expect(await pools.listMembers('spotFleet', 'sfr-1')).toEqual({ members });
    expect(ec2.commandCalls(DescribeFleetInstancesCommand)[0]?.args[0].input).toEqual({
      FleetId: 'fleet-1',
      MaxResults: 1000,
      NextToken: 'here',
    });
  });

  it('are set so that they end nothing themselves', async () => {
    const { ec2, pools } = open();
    ec2.on(ModifyFleetCommand).resolves({ Return: true });
    ec2.on(ModifySpotFleetRequestCommand).resolves({ Return: true });
    await pools.setTarget({ kind: 'ec2Fleet', id: 'fleet-1' }, 4);
    await pools.setTarget({ kind: 'spotFleet', id: 'sfr-1' }, 4);
    expect(ec2.commandCalls(ModifyFleetCommand)[0]?.args[0].input).toEqual({
      FleetId: 'fleet-1',
      TargetCapacitySpecification: { TotalTargetCapacity: 4 },
      ExcessCapacityTerminationPolicy: 'no-termination',
    });
    expect(ec2.commandCalls(ModifySpotFleetRequestCommand)[0]?.args[0].input).toEqual({
      SpotFleetRequestId: 'sfr-1',
      TargetCapacity: 4,
      ExcessCapacityTerminationPolicy: 'noTermination',
    });
  });

  it.each(['ec2Fleet', 'spotFleet'] as const)(
    'end an instance by EC2, also one that is gone: %s',
    async (kind) => {
      const { ec2, pools } = open();
      ec2
        .on(TerminateInstancesCommand)
        .resolvesOnce({})
        .rejects(awsError('InvalidInstanceID.NotFound', "The instance ID 'i-1' does not exist"));
      await pools.terminate({ kind, id: 'any' }, 'i-1');
      await pools.terminate({ kind, id: 'any' }, 'i-1');
      expect(ec2.commandCalls(TerminateInstancesCommand)[0]?.args[0].input).toEqual({ InstanceIds: ['i-1'] });
    },
  );

  it('that EC2 says it has not modified are refused', async () => {
    const { ec2, pools } = open();
    ec2.on(ModifySpotFleetRequestCommand).resolves({ Return: false });
    await expect(pools.setTarget({ kind: 'spotFleet', id: 'sfr-1' }, 4)).rejects.toMatchObject({
      name: 'CapacityRefused',
    });
  });
});

const kinds = ['autoScalingGroup', 'spotFleet', 'ec2Fleet'] as const;

describe('pools while AWS fails', () => {
  it.each([
    ['CallThrottled', awsError('Throttling', 'Rate exceeded')],
    ['CallThrottled', awsError('RequestLimitExceeded', 'Request limit exceeded.')],
    ['CapacityUnavailable', awsError('ResourceContention', 'busy')],
    ['CapacityUnavailable', awsError('ResourceContentionFault', 'busy')],
    ['CapacityUnavailable', awsError('ScalingActivityInProgressFault', 'busy')],
    ['CapacityUnavailable', awsError('FleetNotInModifiableState', 'the fleet is being modified')],
    ['CapacityUnavailable', awsError('InternalFailure', 'oh', { $metadata: { httpStatusCode: 500 } })],
    ['CapacityUnavailable', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['CapacityUnavailable', Object.assign(new Error('timed out'), { name: 'TimeoutError' })],
    ['CapacityRefused', awsError('UnauthorizedOperation', 'not authorized')],
    ['CapacityRefused', awsError('AccessDenied', 'not authorized')],
    ['CapacityRefused', awsError('AccessDenied', 'not authorized on autoScalingGroupName/throttle-test')],
    ['CapacityRefused', awsError('ValidationError', 'AutoScalingGroup name not found')],
  ])('throw %s whatever was asked for', async (name, error) => {
    const { scaling, ec2, pools } = open();
    scaling.onAnyCommand().rejects(error);
    ec2.onAnyCommand().rejects(error);
    for (const kind of kinds) {
      const message = expect.stringContaining('a-pool');
      const thrown = { name, message, cause: error };
      const pool = { kind, id: 'a-pool' };
      await expect(pools.describePools(kind, ['a-pool'])).rejects.toMatchObject(thrown);
      await expect(pools.setTarget(pool, 3)).rejects.toMatchObject(thrown);
      await expect(pools.terminate(pool, 'i-1')).rejects.toMatchObject(thrown);
      if (kind !== 'autoScalingGroup')
        await expect(pools.listMembers(kind, 'a-pool')).rejects.toMatchObject(thrown);
    }
  });

  it('have nothing to say where the answers hold nothing', async () => {
    const { scaling, ec2, pools } = open();
    scaling.onAnyCommand().resolves({});
    ec2.onAnyCommand().resolves({});
    for (const kind of kinds) expect(await pools.describePools(kind, ['any'])).toEqual([]);
    expect(await pools.listMembers('spotFleet', 'any')).toEqual({ members: [] });
    ec2.on(DescribeFleetsCommand).resolves({ Fleets: [{}, { FleetId: 'fleet-1' }] });
    expect(await pools.describePools('ec2Fleet', ['fleet-1'])).toEqual([]);
  });
});
