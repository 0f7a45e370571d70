import { AutoScalingClient, CompleteLifecycleActionCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  GetTaskProtectionCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { testClientOptions } from '../wire/aws-clients.ts';
import { DrainedWorld } from '../wire/support/drained-world.ts';
import type { InstanceUnderTest } from './container-cluster.contract.ts';
import type { Gap } from './gaps.ts';

interface OpenCluster {
  readonly world: DrainedWorld;
  readonly cluster: string;
  readonly definition: string;
  readonly instance: InstanceUnderTest;
}

const found = (isThere: boolean): 'open' | 'closed' => (isThere ? 'closed' : 'open');

const inCluster =
  (probe: (opened: OpenCluster) => Promise<'open' | 'closed'>): Gap['probe'] =>
  async (url) => {
    const world = new DrainedWorld(url);
    try {
      const cluster = await world.openCluster(url);
      const [instanceId = ''] = await world.runInstances(1);
      const instance = await world.register(cluster, instanceId);
      return await probe({ world, cluster, instance, definition: await world.define(world.name('app')) });
    } finally {
      world.close();
    }
  };

/** A group in which one target was registered. */
const inGroup =
  (
    probe: (opened: {
      readonly world: DrainedWorld;
      readonly group: string;
      readonly instanceId: string;
    }) => Promise<'open' | 'closed'>,
  ): Gap['probe'] =>
  async (url) => {
    const world = new DrainedWorld(url);
    try {
      const [instanceId = ''] = await world.runInstances(1);
      const group = await world.openGroup();
      const Targets = [{ Id: instanceId, Port: 32_768 }];
      await world.elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets }));
      return await probe({ world, group, instanceId });
    } finally {
      world.close();
    }
  };

const healthOf = async (world: DrainedWorld, TargetGroupArn: string) =>
  (await world.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions ?? [];

const nameOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    ({ name }) => String(name),
  );

const ecsStub = 'test/wire/support/ecs-gaps.ts';
const elbv2Stub = 'test/wire/support/elbv2-gaps.ts';

/** Of those, the ones that draining an instance meets. */
export const drainGaps: readonly Gap[] = [
  {
    service: 'ecs',
    what: 'lists all container instances, whatever the filter says',
    stub: ecsStub,
    probe: inCluster(async ({ world, cluster }) => {
      const filter = 'ec2InstanceId in [i-00000000000000000]';
      const listed = await world.ecs.send(new ListContainerInstancesCommand({ cluster, filter }));
      return found(listed.containerInstanceArns?.length === 0);
    }),
  },
  {
    service: 'ecs',
    what: 'lists all tasks on one page',
    stub: ecsStub,
    probe: inCluster(async ({ world, cluster, definition, instance }) => {
      await world.startTask(cluster, definition, instance);
      await world.startTask(cluster, definition, instance);
      const listed = await world.ecs.send(new ListTasksCommand({ cluster, maxResults: 1 }));
      return found(listed.taskArns?.length === 1 && listed.nextToken !== undefined);
    }),
  },
  {
    service: 'ecs',
    what: 'knows no protection of tasks',
    stub: ecsStub,
    probe: inCluster(async ({ world, cluster, definition, instance }) => {
      const task = await world.startTask(cluster, definition, instance, { group: 'service:shop' });
      const asked = world.ecs.send(new GetTaskProtectionCommand({ cluster, tasks: [task] }));
      return found((await nameOf(asked)) === 'answered');
    }),
  },
  {
    service: 'ecs',
    what: 'fails when a task is stopped that is not there',
    stub: ecsStub,
    probe: inCluster(async ({ world, cluster }) => {
      const task = '0'.repeat(32);
      const stopped = world.ecs.send(new StopTaskCommand({ cluster, task }));
      return found((await nameOf(stopped)) === 'InvalidParameterException');
    }),
  },
  {
    service: 'ecs',
    what: 'frees the ports of a task again when it is stopped again, so that the next one can not be stopped',
    stub: ecsStub,
    probe: inCluster(async ({ world, cluster, definition, instance }) => {
      const first = await world.startTask(cluster, definition, instance);
      const second = await world.startTask(cluster, definition, instance);
      const stop = (task: string) => nameOf(world.ecs.send(new StopTaskCommand({ cluster, task })));
      const stopped = [await stop(first), await stop(first), await stop(second)];
      return found(stopped.every((name) => name === 'answered'));
    }),
  },
  {
    service: 'ecs',
    what: 'does not tell the ports of a task',
    stub: 'test/wire/support/task-ports.ts',
    probe: inCluster(async ({ world, cluster, definition, instance }) => {
      const task = await world.startTask(cluster, definition, instance);
      const { tasks } = await world.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
      return found((tasks?.[0]?.containers?.[0]?.networkBindings ?? []).length > 0);
    }),
  },
  {
    service: 'ecs',
    what: 'counts no versions of a task',
    stub: ecsStub,
    probe: inCluster(async ({ world, cluster, definition, instance }) => {
      const task = await world.startTask(cluster, definition, instance);
      const { tasks } = await world.ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
      return found((tasks?.[0]?.version ?? 0) > 0);
    }),
  },
  {
    service: 'ecs',
    what: 'does not count the tasks that StartTask has started',
    stub: ecsStub,
    probe: inCluster(async ({ world, cluster, definition, instance }) => {
      await world.startTask(cluster, definition, instance);
      const { clusters } = await world.ecs.send(new DescribeClustersCommand({ clusters: [cluster] }));
      return found(clusters?.[0]?.runningTasksCount === 1);
    }),
  },
  {
    service: 'ecs',
    what: "forgets a service's deployment configuration",
    stub: ecsStub,
    probe: inCluster(async ({ world, cluster, definition: taskDefinition }) => {
      const service = { serviceName: 'shop', desiredCount: 1, taskDefinition, minimumHealthyPercent: 75 };
      await world.createService(cluster, service);
      const { services } = await world.ecs.send(new DescribeServicesCommand({ cluster, services: ['shop'] }));
      return found(services?.[0]?.deploymentConfiguration?.minimumHealthyPercent === 75);
    }),
  },
  {
    service: 'elasticloadbalancing',
    what: 'takes two ports of an instance for one target',
    stub: elbv2Stub,
    probe: inGroup(async ({ world, group, instanceId }) => {
      const Targets = [{ Id: instanceId, Port: 32_769 }];
      await world.elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets }));
      return found((await healthOf(world, group)).length === 2);
    }),
  },
  {
    service: 'elasticloadbalancing',
    what: 'refuses to deregister what is not registered',
    stub: elbv2Stub,
    probe: inGroup(async ({ world, group }) => {
      const [other = ''] = await world.runInstances(1);
      const Targets = [{ Id: other, Port: 32_768 }];
      const asked = world.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: group, Targets }));
      return found((await nameOf(asked)) === 'answered');
    }),
  },
  {
    service: 'elasticloadbalancing',
    what: 'drains no target: it is gone at once',
    stub: elbv2Stub,
    probe: inGroup(async ({ world, group, instanceId }) => {
      const Targets = [{ Id: instanceId, Port: 32_768 }];
      await world.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: group, Targets }));
      const health = await healthOf(world, group);
      return found(health.some(({ TargetHealth }) => TargetHealth?.State === 'draining'));
    }),
  },
  {
    service: 'autoscaling',
    what: 'knows no lifecycle actions',
    stub: 'test/wire/support/lifecycle-gaps.ts',
    probe: async (url) => {
      const client = new AutoScalingClient({ ...testClientOptions(url), maxAttempts: 1 });
      const asked = client.send(
        new CompleteLifecycleActionCommand({
          AutoScalingGroupName: 'nobody',
          LifecycleHookName: 'nothing',
          LifecycleActionResult: 'CONTINUE',
          InstanceId: 'i-00000000000000000',
        }),
      );
      const name = await nameOf(asked);
      client.destroy();
      return found(name === 'answered' || name === 'ValidationError');
    },
  },
];
