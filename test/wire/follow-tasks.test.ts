import { DescribeTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as reconcileBalancers } from '../../functions/reconcile-balancers.ts';
import { handler } from '../../functions/register-targets.ts';
import type { TargetsResult } from '../../src/drain/targets/register-targets.ts';
import type { InstanceUnderTest } from '../contract/container-cluster.contract.ts';
import { testAccount, testRegion } from './aws-clients.ts';
import { type DrainStack, invocation, openDrainStack } from './support/drain-stack.ts';
import { DrainedWorld } from './support/drained-world.ts';
import { batchesOf } from './support/told-events.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

let aws: WholeAws;
let world: DrainedWorld;
let stack: DrainStack;
let cluster = '';
let group = '';
let definition = '';
let instance: InstanceUnderTest;
const said: string[] = [];
beforeAll(async () => {
  // The functions' counts, and their metrics.
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(String(line)) > 0);
  aws = await startWholeAws();
  world = new DrainedWorld(aws.url);
  cluster = await world.openCluster(aws.url);
  stack = await openDrainStack(aws.url, [cluster, 'no-such-cluster']);
  group = await world.openGroup();
  definition = await world.define(world.name('app'));
  const [instanceId = ''] = await world.runInstances(1);
  instance = await world.register(cluster, instanceId);
});
afterAll(async () => {
  vi.restoreAllMocks();
  stack.close();
  world.close();
  await aws.close();
});

const event = (taskArn: string, lastStatus: string, version: number, detail: object = {}): string =>
  JSON.stringify({
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    detail: {
      clusterArn: `arn:aws:ecs:${testRegion}:${testAccount}:cluster/${cluster}`,
      taskArn,
      lastStatus,
      desiredStatus: lastStatus,
      version,
      ...detail,
    },
  });

const tell = async (...bodies: string[]): Promise<TargetsResult> => {
  const [batch] = batchesOf(bodies);
  return (await handler(batch, invocation)) as TargetsResult;
};

/** `<instance>:<port>` of those that get requests. */
const served = async (): Promise<readonly string[]> => {
  const { TargetHealthDescriptions = [] } = await world.elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: group }),
  );
  return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State !== 'draining').map(
    ({ Target }) => `${Target?.Id}:${Target?.Port}`,
  );
};

const startTagged = async (): Promise<{ readonly taskArn: string; readonly target: string }> => {
  const tags = { 'stormdrain.balancer': group };
  const taskArn = await world.startTask(cluster, definition, instance, { tags });
  const { tasks } = await world.ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
  const port = tasks?.[0]?.containers?.[0]?.networkBindings?.[0]?.hostPort;
  return { taskArn, target: `${instance.instanceId}:${port}` };
};

describe('tasks that are followed to their balancers, on AWS over the wire', () => {
  it('get requests when they run, and none when they stop, whoever stops them', async () => {
    const { taskArn, target } = await startTagged();
    const staying = await startTagged();
    const running = [event(taskArn, 'RUNNING', 3), event(staying.taskArn, 'RUNNING', 3)];
    expect(await tell(...running)).toMatchObject({ batchItemFailures: [], counts: { registered: 2 } });
    expect([...(await served())].sort()).toEqual([target, staying.target].sort());
    // Told twice.
    await tell(...running);
    expect(await served()).toHaveLength(2);

    await world.ecs.send(new StopTaskCommand({ cluster, task: taskArn }));
    const stopped = await tell(event(taskArn, 'STOPPED', 5));
    expect(stopped).toMatchObject({ batchItemFailures: [], counts: { deregistered: 1 } });
    expect(await served()).toEqual([staying.target]);
    // Late: it ran before it stopped.
    await tell(event(taskArn, 'RUNNING', 4));
    expect(await served()).toEqual([staying.target]);
  });

  it('are left alone when they are of a service, or carry no tag', async () => {
    const before = await served();
    const ofService = await world.startTask(cluster, definition, instance, { group: 'service:shop' });
    const untagged = await world.startTask(cluster, definition, instance);
    const told = await tell(
      event(ofService, 'RUNNING', 3, { group: 'service:shop' }),
      event(untagged, 'RUNNING', 3),
    );
    expect(told).toMatchObject({ batchItemFailures: [], counts: { registered: 0, ignored: 2 } });
    expect(await served()).toEqual(before);
  });

  it('are found each minute when their event was lost, whatever is wrong with another cluster, and the log tells', async () => {
    const complaints: string[] = [];
    const spy = vi.spyOn(console, 'error').mockImplementation((line) => void complaints.push(String(line)));
    const { target } = await startTagged();
    said.length = 0;
    await reconcileBalancers({}, invocation);
    expect(await served()).toContain(target);
    expect(said.map((line) => JSON.parse(line))).toEqual([{ Intake: 'reconcile-balancers', registered: 1 }]);
    expect(complaints).toEqual([expect.stringContaining('no-such-cluster')]);
    said.length = 0;
    await reconcileBalancers({}, invocation);
    expect(said).toEqual([]);
    spy.mockRestore();
  });
});
