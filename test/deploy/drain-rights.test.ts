import { describe, expect, it } from 'vitest';
import { allowedTo, neededBy, type Rights } from './function-rights.ts';

/** What a call of a port makes AWS be asked for, by the name of the method. */
const rights: Rights = {
  describeCluster: ['ecs:DescribeClusters'],
  listInstances: ['ecs:ListContainerInstances'],
  describeInstances: ['ecs:DescribeContainerInstances'],
  setInstanceState: ['ecs:UpdateContainerInstancesState'],
  listTasks: ['ecs:ListTasks'],
  // The definitions of tasks with an address of their own as well.
  describeTasks: ['ecs:DescribeTasks', 'ecs:DescribeTaskDefinition'],
  describeTaskDefinition: ['ecs:DescribeTaskDefinition'],
  describeServices: ['ecs:DescribeServices'],
  protectedTasks: ['ecs:GetTaskProtection'],
  stopTask: ['ecs:StopTask'],
  describeGroups: [
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
  ],
  health: ['elasticloadbalancing:DescribeTargetHealth'],
  register: ['elasticloadbalancing:RegisterTargets'],
  deregister: ['elasticloadbalancing:DeregisterTargets'],
  completeLifecycleAction: ['autoscaling:CompleteLifecycleAction'],
  recordHeartbeat: ['autoscaling:RecordLifecycleActionHeartbeat'],
  heartbeatSeconds: ['autoscaling:DescribeLifecycleHooks'],
  privateAddresses: ['ec2:DescribeInstances'],
  conduct: ['states:StartExecution'],
  conductInstance: ['states:StartExecution'],
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
    // HAProxy's wishes, behind the balancer's port.
    '^state/balancers/$',
    // Balancers are told of targets in both directions by one function of the code.
    '^elasticloadbalancing:(R|Der)egisterTargets$',
  ].join('|'),
);

describe.each([
  ['InstanceLeaving', 'instance-leaving'],
  ['DrainStep', 'drain-step'],
  ['BeginDrain', 'begin-drain'],
  ['LookAtDrain', 'look-at-drain'],
  ['FinishDrain', 'finish-drain'],
  ['AbandonDrain', 'abandon-drain'],
  ['SweepDrains', 'sweep-drains'],
  ['RegisterTargets', 'register-targets'],
  ['ReconcileBalancers', 'reconcile-balancers'],
  ['DrainApi', 'drain-api'],
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
