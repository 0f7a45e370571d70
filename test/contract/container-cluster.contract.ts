import { afterEach, describe, expect, it } from 'vitest';
import type { ArnPage, ContainerCluster } from '../../src/platform/ports/container-cluster.ts';
import { eventually } from './eventually.ts';

/** A cluster of instances on EC2, and means to put something into it. Its functions are taken out of it one by one: no `this`. */
export interface ClusterUnderTest {
  readonly cluster: ContainerCluster;
  /** By which the port knows it; it has no instance and no service yet. */
  readonly clusterName: string;
  /** An ACTIVE container instance on an EC2 instance of its own, with room for over a hundred tasks. */
  addInstance(): Promise<InstanceUnderTest>;
  /** A task of its own on that instance, RUNNING when this resolves. Gives its ARN. */
  runTask(
    instance: InstanceUnderTest,
    options?: { readonly tags?: Readonly<Record<string, string>>; readonly startedBy?: string },
  ): Promise<string>;
  /** A REPLICA service behind no balancer; whether its tasks are placed is left open. */
  createService(service: {
    readonly serviceName: string;
    readonly desiredCount: number;
    readonly minimumHealthyPercent: number;
    readonly maximumPercent: number;
  }): Promise<void>;
  /** Lets the implementation's time pass. */
  pause(millis: number): Promise<void>;
  close(): Promise<void>;
}

export interface InstanceUnderTest {
  readonly containerInstanceArn: string;
  readonly instanceId: string;
}

/** What every container cluster must do; run on each implementation. */
export const describeContainerClusterContract = (
  name: string,
  open: () => Promise<ClusterUnderTest>,
): void => {
  describe(`container cluster contract: ${name}`, () => {
    const opened: ClusterUnderTest[] = [];
    const fresh = async (): Promise<ClusterUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('knows no cluster that is not there', async () => {
      const { cluster } = await fresh();
      expect(await cluster.describeCluster('no-such-cluster')).toBeUndefined();
    });

    it('counts instances and tasks of a cluster', async () => {
      const { cluster, clusterName, addInstance, runTask, pause } = await fresh();
      await runTask(await addInstance());
      await addInstance();
      await eventually(pause, async () =>
        expect(await cluster.describeCluster(clusterName)).toMatchObject({
          clusterName,
          clusterArn: expect.stringContaining(clusterName),
          instances: 2,
          runningTasks: 1,
          pendingTasks: 0,
        }),
      );
    });

    it('finds container instances by the ids of EC2 instances, and leaves out those it has none for', async () => {
      const { cluster, clusterName, addInstance, pause } = await fresh();
      const first = await addInstance();
      const second = await addInstance();
      await eventually(pause, async () => {
        const all = await cluster.listInstances(clusterName);
        expect([...all.arns].sort()).toEqual([first, second].map((one) => one.containerInstanceArn).sort());
        const found = await cluster.listInstances(clusterName, {
          instanceIds: [second.instanceId, 'i-00000000000000000'],
        });
        expect(found.arns).toEqual([second.containerInstanceArn]);
      });
    });

    it('lists no instances where there is no such cluster', async () => {
      const { cluster, addInstance } = await fresh();
      const { instanceId } = await addInstance();
      expect(await cluster.listInstances('no-such-cluster', { instanceIds: [instanceId] })).toEqual({
        arns: [],
      });
      expect(await cluster.listInstances('no-such-cluster')).toEqual({ arns: [] });
    });

    it('describes instances, and leaves out those that are not there', async () => {
      const { cluster, clusterName, addInstance, pause } = await fresh();
      const { containerInstanceArn, instanceId } = await addInstance();
      const missing = `${containerInstanceArn.slice(0, -4)}dead`;
      await eventually(pause, async () =>
        expect(await cluster.describeInstances(clusterName, [containerInstanceArn, missing])).toMatchObject([
          { containerInstanceArn, instanceId, status: 'ACTIVE', isAgentConnected: true, runningTasks: 0 },
        ]),
      );
    });

    it('drains an instance, also one that is draining, and takes it back', async () => {
      const { cluster, clusterName, addInstance, pause } = await fresh();
      const { containerInstanceArn } = await addInstance();
      const staying = await addInstance();
      for (const state of ['DRAINING', 'DRAINING', 'ACTIVE'] as const) {
        expect(await cluster.setInstanceState(clusterName, [containerInstanceArn], state)).toEqual([]);
        await eventually(pause, async () =>
          expect(await cluster.describeInstances(clusterName, [containerInstanceArn])).toMatchObject([
            { status: state },
          ]),
        );
      }
      expect(await cluster.describeInstances(clusterName, [staying.containerInstanceArn])).toMatchObject([
        { status: 'ACTIVE' },
      ]);
    });

    it('sets the state of those instances that are there, and names the others', async () => {
      const { cluster, clusterName, addInstance, pause } = await fresh();
      const { containerInstanceArn } = await addInstance();
      const missing = `${containerInstanceArn.slice(0, -4)}dead`;
      const failures = await cluster.setInstanceState(
        clusterName,
        [missing, containerInstanceArn],
        'DRAINING',
      );
      expect(failures).toMatchObject([{ arn: missing, reason: expect.stringMatching(/./) }]);
      await eventually(pause, async () =>
        expect(await cluster.describeInstances(clusterName, [containerInstanceArn])).toMatchObject([
          { status: 'DRAINING' },
        ]),
      );
    });

    it('lists the tasks of one instance, or of the whole cluster', async () => {
      const { cluster, clusterName, addInstance, runTask, pause } = await fresh();
      const first = await addInstance();
      const second = await addInstance();
      const mine = [await runTask(first), await runTask(first)];
      const other = await runTask(second);
      await eventually(pause, async () => {
        const { containerInstanceArn } = first;
        const listed = await cluster.listTasks(clusterName, {
          desiredStatus: 'RUNNING',
          containerInstanceArn,
        });
        expect([...listed.arns].sort()).toEqual([...mine].sort());
        const all = await cluster.listTasks(clusterName, { desiredStatus: 'RUNNING' });
        expect([...all.arns].sort()).toEqual([...mine, other].sort());
      });
    });

    it('gives every task once, over as many pages as it takes', async () => {
      const { cluster, clusterName, addInstance, runTask, pause } = await fresh();
      const instance = await addInstance();
      const started: string[] = [];
      for (let count = 0; count < 101; count++) started.push(await runTask(instance));
      await eventually(pause, async () => {
        const listed: string[] = [];
        let page: ArnPage | undefined;
        do {
          const next = page?.next === undefined ? {} : { next: page.next };
          page = await cluster.listTasks(clusterName, { desiredStatus: 'RUNNING', ...next });
          expect(page.arns.length).toBeLessThanOrEqual(100);
          listed.push(...page.arns);
        } while (page.next !== undefined);
        expect(listed.sort()).toEqual([...started].sort());
      });
    });

    it('describes a task of its own, with its tags', async () => {
      const { cluster, clusterName, addInstance, runTask, pause } = await fresh();
      const instance = await addInstance();
      const tags = { 'stormdrain.balancer': 'some-group', team: 'shop' };
      const taskArn = await runTask(instance, { tags, startedBy: 'somebody' });
      await eventually(pause, async () =>
        expect(
          await cluster.describeTasks(clusterName, [taskArn, `${taskArn.slice(0, -4)}dead`]),
        ).toMatchObject([
          {
            taskArn,
            containerInstanceArn: instance.containerInstanceArn,
            lastStatus: 'RUNNING',
            desiredStatus: 'RUNNING',
            service: null,
            startedBy: 'somebody',
            tags,
          },
        ]),
      );
    });

    it('stops a task, and does not mind one that has stopped or was never there', async () => {
      const { cluster, clusterName, addInstance, runTask, pause } = await fresh();
      const instance = await addInstance();
      const taskArn = await runTask(instance);
      const staying = await runTask(instance);
      await cluster.stopTask(clusterName, taskArn, 'the instance is drained');
      await cluster.stopTask(clusterName, taskArn, 'the instance is drained');
      await cluster.stopTask(clusterName, `${taskArn.slice(0, -4)}dead`, 'the instance is drained');
      await eventually(pause, async () => {
        const running = await cluster.listTasks(clusterName, { desiredStatus: 'RUNNING' });
        expect(running.arns).toEqual([staying]);
        const stopped = await cluster.listTasks(clusterName, { desiredStatus: 'STOPPED' });
        expect(stopped.arns).toEqual([taskArn]);
        const described = await cluster.describeTasks(clusterName, [taskArn]);
        expect(described).toMatchObject([{ desiredStatus: 'STOPPED' }]);
      });
    });

    it('describes services by name, and leaves out those that are not there', async () => {
      const { cluster, clusterName, createService, pause } = await fresh();
      await createService({
        serviceName: 'web',
        desiredCount: 4,
        minimumHealthyPercent: 75,
        maximumPercent: 150,
      });
      await eventually(pause, async () =>
        expect(await cluster.describeServices(clusterName, ['web', 'no-such-service'])).toMatchObject([
          {
            serviceName: 'web',
            serviceArn: expect.stringContaining('web'),
            desiredCount: 4,
            schedulingStrategy: 'REPLICA',
            minimumHealthyPercent: 75,
            maximumPercent: 150,
            balancers: [],
          },
        ]),
      );
    });

    it('lists services, of which there may be none', async () => {
      const { cluster, clusterName, createService, pause } = await fresh();
      expect(await cluster.listServices(clusterName)).toEqual({ arns: [] });
      const service = { desiredCount: 1, minimumHealthyPercent: 100, maximumPercent: 200 };
      await createService({ serviceName: 'web', ...service });
      await createService({ serviceName: 'api', ...service });
      await eventually(pause, async () => {
        const { arns, next } = await cluster.listServices(clusterName);
        const described = await cluster.describeServices(clusterName, arns);
        expect(described.map(({ serviceName }) => serviceName).sort()).toEqual(['api', 'web']);
        expect(next).toBeUndefined();
      });
    });

    it('gives every service once, over as many pages as it takes', async () => {
      const { cluster, clusterName, createService, pause } = await fresh();
      for (let count = 0; count < 101; count++)
        await createService({
          serviceName: `web-${count}`,
          desiredCount: 0,
          minimumHealthyPercent: 100,
          maximumPercent: 200,
        });
      await eventually(pause, async () => {
        const first = await cluster.listServices(clusterName);
        expect(first.arns).toHaveLength(100);
        const second = await cluster.listServices(clusterName, first.next);
        expect(second).toEqual({ arns: [expect.any(String)] });
        expect(new Set([...first.arns, ...second.arns]).size).toBe(101);
      });
    });

    it('sets how many tasks a service wants, and nothing else of it', async () => {
      const { cluster, clusterName, createService, pause } = await fresh();
      const service = { minimumHealthyPercent: 75, maximumPercent: 150 };
      await createService({ serviceName: 'web', desiredCount: 2, ...service });
      await createService({ serviceName: 'api', desiredCount: 2, ...service });
      const read = async () => {
        const [web, api] = await cluster.describeServices(clusterName, ['web', 'api']);
        return { web, api };
      };
      let before: Awaited<ReturnType<typeof read>>['web'];
      await eventually(pause, async () => {
        before = (await read()).web;
        expect(before?.taskDefinitionArn).toMatch(/./);
      });
      for (const desiredCount of [5, 5, 0, 3])
        await cluster.setDesiredCount(clusterName, 'web', desiredCount);
      await eventually(pause, async () => {
        const { web, api } = await read();
        expect(web).toMatchObject({
          ...service,
          desiredCount: 3,
          taskDefinitionArn: before?.taskDefinitionArn,
          schedulingStrategy: 'REPLICA',
          constraints: [],
          isDistinct: false,
        });
        expect(api).toMatchObject({ desiredCount: 2 });
      });
    });

    it('refuses a number of tasks for a service that is not there', async () => {
      const { cluster, clusterName } = await fresh();
      await expect(cluster.setDesiredCount(clusterName, 'no-such-service', 1)).rejects.toMatchObject({
        name: 'ClusterRefused',
        message: expect.stringContaining('no-such-service'),
      });
    });

    it('says what an instance offers, and what its tasks leave of it', async () => {
      const { cluster, clusterName, addInstance, runTask, pause } = await fresh();
      const instance = await addInstance();
      const read = async () => {
        const [described] = await cluster.describeInstances(clusterName, [instance.containerInstanceArn]);
        if (described === undefined) throw new Error('the instance is not described');
        return described;
      };
      await eventually(pause, async () => {
        const { registered, remaining, ...one } = await read();
        expect(remaining).toEqual(registered);
        expect(registered.cpu).toBeGreaterThan(0);
        expect(registered.memoryMib).toBeGreaterThan(0);
        expect(one.registeredAtMillis).toBeGreaterThan(0);
        expect(one.attributes).toMatchObject({ 'ecs.instance-type': one.instanceType });
      });
      const taskArns = [await runTask(instance), await runTask(instance)];
      await eventually(pause, async () => {
        const tasks = await cluster.describeTasks(clusterName, taskArns);
        const [first] = tasks;
        const facts = await cluster.describeTaskDefinition(first?.taskDefinitionArn ?? '');
        expect(facts?.memoryMib).toBeGreaterThan(0);
        for (const { cpu, memoryMib, group } of tasks) {
          expect({ cpu, memoryMib }).toEqual({ cpu: facts?.cpu, memoryMib: facts?.memoryMib });
          expect(group).toBe(`family:${facts?.family}`);
        }
        const { registered, remaining } = await read();
        expect(registered.memoryMib - remaining.memoryMib).toBe(2 * (facts?.memoryMib ?? 0));
        expect(registered.cpu - remaining.cpu).toBe(2 * (facts?.cpu ?? 0));
      });
    });

    it("describes a task's definition, and knows none that is not there", async () => {
      const { cluster, clusterName, addInstance, runTask, pause } = await fresh();
      const taskArn = await runTask(await addInstance());
      let arn = '';
      await eventually(pause, async () => {
        const [task] = await cluster.describeTasks(clusterName, [taskArn]);
        arn = task?.taskDefinitionArn ?? '';
        expect(arn).toMatch(/./);
      });
      expect(await cluster.describeTaskDefinition(arn)).toMatchObject({
        taskDefinitionArn: arn,
        family: expect.stringMatching(/./),
        networkMode: expect.stringMatching(/^(bridge|host|awsvpc|none)$/),
      });
      expect(await cluster.describeTaskDefinition(arn.replace(/[^/]*$/, 'no-such-family:7'))).toBeUndefined();
    });

    it('says that no task is protected when none is', async () => {
      const { cluster, clusterName, addInstance, runTask } = await fresh();
      const taskArn = await runTask(await addInstance());
      expect(await cluster.protectedTasks(clusterName, [taskArn])).toEqual([]);
    });

    it('refuses what is asked of a cluster that is not there', async () => {
      const { cluster } = await fresh();
      const asked = cluster.listTasks('no-such-cluster', { desiredStatus: 'RUNNING' });
      await expect(asked).rejects.toMatchObject({ name: 'ClusterRefused' });
    });
  });
};
