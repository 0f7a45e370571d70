import {
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  GetTaskProtectionCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { EcsContainerCluster } from '../../../src/platform/aws/ecs-container-cluster.ts';
import type { CallBucket } from '../../../src/platform/ports/call-pace.ts';
import { awsError } from './support/simulated-ecs.ts';

const arn = (what: string): string => `arn:aws:ecs:us-east-1:123456789012:${what}`;

const open = () => {
  const client = new ECSClient({ region: 'us-east-1' });
  const paid: string[] = [];
  const pace = {
    pay: async (bucket: CallBucket) => void paid.push(bucket),
    throttled: (bucket: CallBucket) => void paid.push(`throttled: ${bucket}`),
  };
  return { ecs: mockClient(client), cluster: new EcsContainerCluster(client, pace), paid };
};

const aTask = (over: object = {}) => ({
  taskArn: arn('task/web/1'),
  taskDefinitionArn: arn('task-definition/shop:3'),
  containerInstanceArn: arn('container-instance/web/9'),
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  group: 'service:shop',
  version: 4,
  ...over,
});

describe('a container cluster on ECS', () => {
  it('asks for instances by the ids of EC2, and hands the page on', async () => {
    const { ecs, cluster } = open();
    ecs.on(ListContainerInstancesCommand).resolves({ containerInstanceArns: ['a'], nextToken: 'more' });
    expect(await cluster.listInstances('web', { instanceIds: ['i-1', 'i-2'], next: 'here' })).toEqual({
      arns: ['a'],
      next: 'more',
    });
    expect(ecs.commandCalls(ListContainerInstancesCommand)[0]?.args[0].input).toMatchObject({
      cluster: 'web',
      filter: 'ec2InstanceId in [i-1,i-2]',
      nextToken: 'here',
    });
  });

  it('has no instances where there is no such cluster, and says what else is wrong', async () => {
    const { ecs, cluster } = open();
    const failing = (name: string) =>
      ecs.on(ListContainerInstancesCommand).rejects(awsError(name, 'Cluster not found.'));
    failing('ClusterNotFoundException');
    expect(await cluster.listInstances('web', { instanceIds: ['i-1'] })).toEqual({ arns: [] });
    failing('AccessDeniedException');
    await expect(cluster.listInstances('web')).rejects.toMatchObject({ name: 'ClusterRefused' });
  });

  it('makes no call about nothing', async () => {
    const { ecs, cluster } = open();
    expect(await cluster.listInstances('web', { instanceIds: [] })).toEqual({ arns: [] });
    expect(await cluster.describeInstances('web', [])).toEqual([]);
    expect(await cluster.describeTasks('web', [])).toEqual([]);
    expect(await cluster.describeServices('web', [])).toEqual([]);
    expect(await cluster.protectedTasks('web', [])).toEqual([]);
    expect(await cluster.setInstanceState('web', [], 'DRAINING')).toEqual([]);
    expect(ecs.calls()).toHaveLength(0);
  });

  it('reads an instance, and leaves out one that is no EC2 instance', async () => {
    const { ecs, cluster } = open();
    ecs.on(DescribeContainerInstancesCommand).resolves({
      containerInstances: [
        {
          containerInstanceArn: arn('container-instance/web/9'),
          ec2InstanceId: 'i-1',
          status: 'DRAINING',
          agentConnected: true,
          runningTasksCount: 2,
          pendingTasksCount: 1,
          capacityProviderName: 'spot',
          version: 8,
        },
        { containerInstanceArn: arn('container-instance/web/external') },
      ],
    });
    expect(await cluster.describeInstances('web', ['x'])).toMatchObject([
      {
        containerInstanceArn: arn('container-instance/web/9'),
        instanceId: 'i-1',
        status: 'DRAINING',
        isAgentConnected: true,
        runningTasks: 2,
        pendingTasks: 1,
        capacityProviderName: 'spot',
        version: 8,
      },
    ]);
  });

  it('asks for tasks that are being stopped by the status that is wanted of them', async () => {
    const { ecs, cluster } = open();
    ecs.on(ListTasksCommand).resolves({ taskArns: ['t'] });
    const options = { desiredStatus: 'STOPPED', containerInstanceArn: 'ci' } as const;
    expect(await cluster.listTasks('web', options)).toEqual({ arns: ['t'] });
    expect(ecs.commandCalls(ListTasksCommand)[0]?.args[0].input).toMatchObject({
      desiredStatus: 'STOPPED',
      containerInstance: 'ci',
      maxResults: 100,
    });
  });

  it("reads a bridge task's ports as its host's, each once, though IPv4 and IPv6 are bound", async () => {
    const { ecs, cluster } = open();
    const binding = { containerPort: 80, hostPort: 32_768, protocol: 'tcp' } as const;
    ecs.on(DescribeTasksCommand).resolves({
      tasks: [
        aTask({
          containers: [
            {
              name: 'app',
              networkBindings: [
                { ...binding, bindIP: '0.0.0.0' },
                { ...binding, bindIP: '::' },
              ],
            },
          ],
          tags: [{ key: 'team', value: 'shop' }],
        }),
      ],
    });
    expect(await cluster.describeTasks('web', ['x'])).toMatchObject([
      {
        service: 'shop',
        version: 4,
        tags: { team: 'shop' },
        ports: [
          { containerName: 'app', containerPort: 80, reach: 'instance', port: 32_768, protocol: 'tcp' },
        ],
      },
    ]);
    expect(ecs.commandCalls(DescribeTasksCommand)[0]?.args[0].input.include).toEqual(['TAGS']);
    expect(ecs.commandCalls(DescribeTaskDefinitionCommand)).toHaveLength(0);
  });

  it('reads the ports of tasks with an address of their own from their definition, which it asks and pays for once', async () => {
    const { ecs, cluster, paid } = open();
    ecs.on(DescribeTaskDefinitionCommand).resolves({
      taskDefinition: {
        taskDefinitionArn: arn('task-definition/shop:3'),
        family: 'shop',
        containerDefinitions: [
          { name: 'app', portMappings: [{ containerPort: 80 }, { containerPort: 53, protocol: 'udp' }] },
        ],
      },
    });
    const attachment = {
      type: 'ElasticNetworkInterface',
      status: 'ATTACHED',
      details: [{ name: 'privateIPv4Address', value: '10.0.0.7' }],
    };
    const task = aTask({ group: 'family:shop', attachments: [attachment], containers: [{ name: 'app' }] });
    ecs.on(DescribeTasksCommand).resolves({ tasks: [task, { ...task, taskArn: arn('task/web/2') }] });
    const ports = [
      { containerPort: 80, reach: 'ip', port: 80, address: '10.0.0.7', protocol: 'tcp' },
      { containerPort: 53, reach: 'ip', port: 53, address: '10.0.0.7', protocol: 'udp' },
    ];
    expect(await cluster.describeTasks('web', ['x'])).toMatchObject([{ service: null, ports }, { ports }]);
    await cluster.describeTasks('web', ['x']);
    expect(ecs.commandCalls(DescribeTaskDefinitionCommand)).toHaveLength(1);
    expect(paid).toEqual(['definitionRead']);
  });

  it('slows down where it was throttled, and leaves the bucket of its caller alone', async () => {
    const { ecs, cluster, paid } = open();
    const attachments = [{ type: 'ElasticNetworkInterface' }];
    ecs.on(DescribeTasksCommand).resolves({ tasks: [aTask({ attachments })] });
    ecs.on(DescribeTaskDefinitionCommand).rejects(awsError('ThrottlingException', 'Rate exceeded'));
    await expect(cluster.describeTasks('web', ['x'])).rejects.toMatchObject({ name: 'ClusterUnavailable' });
    expect(paid).toEqual(['definitionRead', 'throttled: definitionRead']);
  });

  it("takes the longest of a definition's stop timeouts, and none where none is set", async () => {
    const { ecs, cluster } = open();
    const definition = (...timeouts: (number | undefined)[]) => ({
      taskDefinition: {
        taskDefinitionArn: 'd',
        family: 'shop',
        containerDefinitions: timeouts.map((stopTimeout) => ({ stopTimeout })),
      },
    });
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: 'one' }).resolves(definition(10, undefined, 90));
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: 'two' }).resolves(definition(undefined));
    expect(await cluster.describeTaskDefinition('one')).toMatchObject({
      networkMode: 'bridge',
      stopTimeoutSeconds: 90,
    });
    expect(await cluster.describeTaskDefinition('two')).toMatchObject({ stopTimeoutSeconds: null });
  });

  it('reads a service with the balancers of all of its task sets, and leaves out one that was deleted', async () => {
    const { ecs, cluster } = open();
    const balancer = (targetGroupArn: string) => ({
      targetGroupArn,
      containerName: 'app',
      containerPort: 80,
    });
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {
          serviceName: 'shop',
          serviceArn: arn('service/web/shop'),
          status: 'ACTIVE',
          desiredCount: 3,
          loadBalancers: [balancer('blue')],
          taskSets: [{ loadBalancers: [balancer('blue'), balancer('green')] }],
        },
        { serviceName: 'old', serviceArn: arn('service/web/old'), status: 'INACTIVE' },
      ],
    });
    expect(await cluster.describeServices('web', ['shop', 'old'])).toMatchObject([
      {
        serviceName: 'shop',
        serviceArn: arn('service/web/shop'),
        desiredCount: 3,
        runningCount: 0,
        pendingCount: 0,
        schedulingStrategy: 'REPLICA',
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        balancers: [balancer('blue'), balancer('green')],
      },
    ]);
  });

  it('lists services a hundred at a time', async () => {
    const { ecs, cluster } = open();
    ecs.on(ListServicesCommand).resolves({ serviceArns: ['a'], nextToken: 'more' });
    expect(await cluster.listServices('web', 'here')).toEqual({ arns: ['a'], next: 'more' });
    expect(ecs.commandCalls(ListServicesCommand)[0]?.args[0].input).toEqual({
      cluster: 'web',
      nextToken: 'here',
      maxResults: 100,
    });
  });

  it('sets the number of tasks of a service, and gives nothing that would begin a deployment', async () => {
    const { ecs, cluster } = open();
    ecs
      .on(UpdateServiceCommand)
      .resolvesOnce({})
      .rejects(awsError('ServiceNotActiveException', 'not active'));
    await cluster.setDesiredCount('web', 'shop', 0);
    expect(ecs.commandCalls(UpdateServiceCommand)[0]?.args[0].input).toEqual({
      cluster: 'web',
      service: 'shop',
      desiredCount: 0,
    });
    await expect(cluster.setDesiredCount('web', 'shop', 1)).rejects.toMatchObject({
      name: 'ClusterRefused',
      message: expect.stringContaining('shop'),
    });
  });

  it('tells which tasks are protected, and until when', async () => {
    const { ecs, cluster } = open();
    ecs.on(GetTaskProtectionCommand).resolves({
      protectedTasks: [
        { taskArn: 'a', protectionEnabled: true, expirationDate: new Date(5_000) },
        { taskArn: 'b', protectionEnabled: false },
      ],
      failures: [{ arn: 'c', reason: 'TASK_NOT_VALID' }],
    });
    expect(await cluster.protectedTasks('web', ['a', 'b', 'c'])).toEqual([
      { taskArn: 'a', untilMillis: 5_000 },
    ]);
  });

  it('names the instances whose state could not be set as they were asked for', async () => {
    const { ecs, cluster } = open();
    const instance = arn('container-instance/web/9');
    ecs.on(UpdateContainerInstancesStateCommand).resolves({ failures: [{ arn: '9', reason: 'MISSING' }] });
    expect(await cluster.setInstanceState('web', [instance], 'DRAINING')).toEqual([
      { arn: instance, reason: 'MISSING' },
    ]);
  });

  it('knows no cluster that was deleted or never made', async () => {
    const { ecs, cluster } = open();
    ecs.on(DescribeClustersCommand).resolves({ clusters: [], failures: [{ arn: 'web', reason: 'MISSING' }] });
    expect(await cluster.describeCluster('web')).toBeUndefined();
    ecs
      .on(DescribeClustersCommand)
      .resolves({ clusters: [{ clusterArn: 'c', clusterName: 'web', status: 'INACTIVE' }] });
    expect(await cluster.describeCluster('web')).toBeUndefined();
  });

  it('does not mind stopping a task that is gone', async () => {
    const { ecs, cluster } = open();
    ecs
      .on(StopTaskCommand)
      .rejects(awsError('InvalidParameterException', 'The referenced task was not found.'));
    await expect(cluster.stopTask('web', 't', 'why')).resolves.toBeUndefined();
  });

  it.each([
    ['CallThrottled', awsError('ThrottlingException', 'Rate exceeded')],
    ['CallThrottled', awsError('InvalidParameterException', 'Rate exceeded (ErrorCode: Throttling)')],
    ['ClusterUnavailable', awsError('ServerException', 'Service Unavailable')],
    ['ClusterUnavailable', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['ClusterRefused', awsError('ClusterNotFoundException', 'Cluster not found.')],
    ['ClusterRefused', awsError('AccessDeniedException', 'not authorized')],
  ])('throws %s for what AWS answers', async (name, error) => {
    const { ecs, cluster } = open();
    ecs.on(ListTasksCommand).rejects(error);
    await expect(cluster.listTasks('web', { desiredStatus: 'RUNNING' })).rejects.toMatchObject({
      name,
      message: expect.stringContaining('web'),
      cause: expect.anything(),
    });
  });
});
