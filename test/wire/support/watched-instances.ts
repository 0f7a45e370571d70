import { DescribeContainerInstancesCommand, DescribeTasksCommand, type Task } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { InstanceUnderTest } from '../../contract/container-cluster.contract.ts';
import type { DrainedWorld } from './drained-world.ts';

/** What an instance of these tests carries. */
export interface WatchedInstance extends InstanceUnderTest {
  readonly tasks: Readonly<Record<'ofService' | 'tagged' | 'batch', string>>;
}

/** What AWS says of one. */
export interface InstanceSight {
  readonly status: string;
  /** Of the three tasks: what is wanted of them, without repetition. */
  readonly tasks: readonly string[];
  /** States of its targets in both groups that get requests. */
  readonly served: readonly string[];
}

export const untouched: InstanceSight = {
  status: 'ACTIVE',
  tasks: ['RUNNING'],
  served: ['healthy', 'healthy'],
};
export const drained: InstanceSight = { status: 'DRAINING', tasks: ['STOPPED'], served: [] };

/** Instances of a cluster, each with a task of the service `shop`, one that serves by its tag, and one of batch work. */
export class WatchedInstances {
  readonly clusterName: string;
  readonly groups: readonly [string, string];
  readonly #world: DrainedWorld;
  readonly #instances = new Map<string, WatchedInstance>();

  constructor(world: DrainedWorld, clusterName: string, groups: readonly [string, string]) {
    this.#world = world;
    this.clusterName = clusterName;
    this.groups = groups;
  }

  async fill(instanceIds: readonly string[]): Promise<void> {
    const [ofService, byTag] = this.groups;
    const { clusterName: cluster } = this;
    const taskDefinition = await this.#world.define('shop');
    const shop = { serviceName: 'shop', desiredCount: instanceIds.length, taskDefinition };
    await this.#world.createService(cluster, { ...shop, targetGroupArn: ofService });
    for (const instanceId of instanceIds) {
      const instance = await this.#world.register(cluster, instanceId);
      const start = (options: Parameters<DrainedWorld['startTask']>[3]) =>
        this.#world.startTask(cluster, taskDefinition, instance, options);
      const tasks = {
        ofService: await start({ group: 'service:shop' }),
        tagged: await start({ tags: { 'stormdrain.balancer': byTag } }),
        batch: await start({}),
      };
      this.#instances.set(instanceId, { ...instance, tasks });
    }
    await this.#registerTargets(ofService, 'ofService');
    await this.#registerTargets(byTag, 'tagged');
  }

  of(instanceId: string): WatchedInstance {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw new RangeError(`${instanceId} is none of these`);
    return instance;
  }

  async lookAt(instanceId: string): Promise<InstanceSight> {
    const instance = this.of(instanceId);
    const { containerInstances } = await this.#world.ecs.send(
      new DescribeContainerInstancesCommand({
        cluster: this.clusterName,
        containerInstances: [instance.containerInstanceArn],
      }),
    );
    const tasks = await this.#describe(Object.values(instance.tasks));
    const health = await Promise.all(
      this.groups.map((TargetGroupArn) =>
        this.#world.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
      ),
    );
    const served = health
      .flatMap(({ TargetHealthDescriptions }) => TargetHealthDescriptions ?? [])
      .filter(({ Target }) => Target?.Id === instanceId)
      .map(({ TargetHealth }) => String(TargetHealth?.State))
      .filter((state) => state !== 'draining');
    return {
      status: containerInstances?.[0]?.status ?? 'none',
      tasks: [...new Set(tasks.map(({ desiredStatus }) => desiredStatus ?? 'none'))],
      served,
    };
  }

  /** EC2's ids of those that are DRAINING. */
  async draining(): Promise<readonly string[]> {
    const { containerInstances = [] } = await this.#world.ecs.send(
      new DescribeContainerInstancesCommand({
        cluster: this.clusterName,
        containerInstances: [...this.#instances.values()].map((one) => one.containerInstanceArn),
      }),
    );
    return containerInstances.flatMap(({ ec2InstanceId, status }) =>
      status === 'DRAINING' && ec2InstanceId !== undefined ? ec2InstanceId : [],
    );
  }

  /** The port of the host by which a task is reached. */
  async portOf(taskArn: string): Promise<number | undefined> {
    return hostPortOf((await this.#describe([taskArn]))[0]);
  }

  async #describe(tasks: readonly string[]): Promise<readonly Task[]> {
    const input = { cluster: this.clusterName, tasks: [...tasks] };
    return (await this.#world.ecs.send(new DescribeTasksCommand(input))).tasks ?? [];
  }

  async #registerTargets(TargetGroupArn: string, which: keyof WatchedInstance['tasks']): Promise<void> {
    const all = [...this.#instances.values()];
    const described = await this.#describe(all.map(({ tasks }) => tasks[which]));
    const portOf = new Map(described.map((task) => [task.taskArn, hostPortOf(task)]));
    const Targets = all.map(({ instanceId, tasks }) => ({
      Id: instanceId,
      Port: portOf.get(tasks[which]),
    }));
    await this.#world.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  }
}

const hostPortOf = (task: Task | undefined): number | undefined =>
  task?.containers?.[0]?.networkBindings?.[0]?.hostPort;
