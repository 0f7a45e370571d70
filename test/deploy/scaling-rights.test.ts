import { describe, expect, it } from 'vitest';
import { allowedTo, neededBy, type Rights } from './function-rights.ts';

/** Asking for a drain and taking one back, behind the port of drains: src/platform/aws/scaling-platform.ts. */
const drains = [
  'ecs:ListContainerInstances',
  'ecs:DescribeContainerInstances',
  'states:StartExecution',
  'state/leaving/',
];

/** What a call of a port makes AWS be asked for, by the name of the method. */
const rights: Rights = {
  listInstances: ['ecs:ListContainerInstances'],
  describeInstances: ['ecs:DescribeContainerInstances'],
  setInstanceState: ['ecs:UpdateContainerInstancesState'],
  listServices: ['ecs:ListServices'],
  describeServices: ['ecs:DescribeServices'],
  setDesiredCount: ['ecs:UpdateService'],
  listTasks: ['ecs:ListTasks'],
  // The definitions of tasks with an address of their own as well.
  describeTasks: ['ecs:DescribeTasks', 'ecs:DescribeTaskDefinition'],
  describeTaskDefinition: ['ecs:DescribeTaskDefinition'],
  protectedTasks: ['ecs:GetTaskProtection'],
  describePools: [
    'autoscaling:DescribeAutoScalingGroups',
    'ec2:DescribeFleets',
    'ec2:DescribeSpotFleetRequests',
  ],
  listMembers: ['ec2:DescribeFleetInstances', 'ec2:DescribeSpotFleetInstances'],
  setTarget: ['autoscaling:SetDesiredCapacity', 'ec2:ModifyFleet', 'ec2:ModifySpotFleetRequest'],
  terminate: ['autoscaling:TerminateInstanceInAutoScalingGroup', 'ec2:TerminateInstances'],
  'drains\\.request': drains,
  'drains\\.cancel': drains,
  read: ['cloudwatch:GetMetricData'],
  keep: ['sqs:SendMessage'],
  tell: ['events:PutEvents'],
  pay: ['state/buckets/'],
};

/** What is used without being called by the function's own code. */
const indirect = new RegExp(
  [
    '^s3:',
    '^logs:',
    // How Lambda reads a queue, keeps failed invocations, and attaches a function to a VPC.
    '^sqs:',
    '^ec2:(Create|Delete|Assign|Unassign|DescribeNetwork|DescribeSubnets)',
  ].join('|'),
);

describe.each([
  ['ScalingTick', 'scaling-tick'],
  ['FastTick', 'fast-tick'],
  ['CapacityWanted', 'capacity-wanted'],
  ['ScalingApi', 'scaling-api'],
])('the role of %s', (logicalName, handler) => {
  it('allows all that its code may call', async () => {
    const needed = await neededBy(handler, rights);
    expect(needed.length).toBeGreaterThan(0);
    const allowed = allowedTo(logicalName);
    expect(needed.filter((right) => !allowed.includes(right))).toEqual([]);
  });

  it('allows nothing that its code never calls', async () => {
    const needed = await neededBy(handler, rights);
    const unused = allowedTo(logicalName).filter((right) => !needed.includes(right) && !indirect.test(right));
    expect([...new Set(unused)]).toEqual([]);
  });
});
