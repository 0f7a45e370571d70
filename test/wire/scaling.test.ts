import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as capacityWanted } from '../../functions/capacity-wanted.ts';
import { leavingDocument, leavingKey } from '../../src/drain/leaving/leaving-document.ts';
import { scalingPlatform } from '../../src/platform/aws/scaling-platform.ts';
import type { PoolKind } from '../../src/platform/ports/instance-pools.ts';
import type { WantedResult } from '../../src/scaling/demands/capacity-wanted.ts';
import type { FinishedTick } from '../../src/scaling/tick/tick-result.ts';
import { readJson } from '../../src/store/stored-json.ts';
import { testAccount, testRegion } from './aws-clients.ts';
import { carryOutExecutions } from './support/carry-out-executions.ts';
import { type DrainStack, invocation, openDrainStack } from './support/drain-stack.ts';
import { DrainedWorld } from './support/drained-world.ts';
import { PoolWorld } from './support/pool-world.ts';
import { bigMib, ScaledCluster } from './support/scaled-cluster.ts';
import { capacityOf, scalingVariables, storePolicy, tick } from './support/scaling-stack.ts';
import { openTopic } from './support/sns-topic.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

const kinds: readonly PoolKind[] = ['autoScalingGroup', 'spotFleet', 'ec2Fleet'];
const dueMillis = 1_100;

interface Told {
  readonly cluster: ScaledCluster;
  /** Ids of the instances that were there at first, and of those that were launched. */
  first: readonly string[];
  launched: readonly string[];
  targets: number[];
  unneeded: string;
  /** The task on it. */
  moving: string;
  drained: FinishedTick | undefined;
  ended: FinishedTick | undefined;
  later: FinishedTick | undefined;
}

let aws: WholeAws;
let worlds: { readonly ecs: DrainedWorld; readonly pools: PoolWorld };
let stack: DrainStack;
const told = new Map<PoolKind, Told>();
const wanted: WantedResult[] = [];
let queueUrl = '';

const of = (kind: PoolKind): Told => {
  const found = told.get(kind);
  if (found === undefined) throw new RangeError(`${kind} was not told`);
  return found;
};
const target = async ({ cluster }: Told): Promise<number> => (await cluster.facts()).targetUnits;
const forEach = (work: (one: Told) => Promise<void>): Promise<unknown> =>
  Promise.all([...told.values()].map(work));

const messageOf = (cluster: string, task: number): string =>
  JSON.stringify({ group_name: 'family:report', cluster, cpu: 10, memory: bigMib, task_id: `task-${task}` });

/** What SQS delivers, as often as there is something; what was taken in is deleted. */
const deliver = async (): Promise<void> => {
  for (;;) {
    const { Messages = [] } = await stack.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return;
    const Records = Messages.map(({ MessageId: messageId = '', Body: body = '' }) => ({ messageId, body }));
    const result = (await capacityWanted({ Records }, invocation)) as WantedResult;
    wanted.push(result);
    const again = new Set(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { MessageId = '', ReceiptHandle } of Messages)
      if (!again.has(MessageId))
        await stack.sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
};

/** Messages count for so long. */
const applyPolicy = ({ name, kind, pool }: ScaledCluster, requestSeconds: number): Promise<void> =>
  storePolicy({
    version: 1,
    cluster: name,
    everySeconds: 1,
    paused: false,
    dryRun: false,
    capacity: capacityOf(kind, pool.id, requestSeconds),
    services: [],
  });

const openWorld = async (): Promise<void> => {
  aws = await startWholeAws();
  worlds = { ecs: new DrainedWorld(aws.url), pools: new PoolWorld(aws.url) };
  const names = new Map<PoolKind, string>();
  for (const kind of kinds) names.set(kind, await worlds.ecs.openCluster(aws.url));
  stack = await openDrainStack(aws.url, [...names.values()]);
  Object.assign(process.env, scalingVariables([...names.values()], stack.lettersUrl));
  const { QueueUrl = '' } = await stack.sqs.send(new CreateQueueCommand({ QueueName: 'capacity-wanted' }));
  queueUrl = QueueUrl;
  for (const [kind, name] of names) {
    const cluster = await ScaledCluster.open(worlds, name, kind);
    told.set(kind, {
      cluster,
      first: await cluster.registerNew(),
      launched: [],
      targets: [],
      unneeded: '',
      moving: '',
      drained: undefined,
      ended: undefined,
      later: undefined,
    });
    await applyPolicy(of(kind).cluster, 600);
  }
};

beforeAll(async () => {
  // The functions' metrics.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await openWorld();
  // Every instance is full: three more tasks want two more instances.
  await forEach(async ({ cluster, first }) => {
    for (const id of first) await cluster.start(id, 'big', 2);
  });
  const publish = await openTopic(aws.url, `arn:aws:sqs:${testRegion}:${testAccount}:capacity-wanted`);
  for (const { cluster } of told.values()) {
    const [one, two, three] = [1, 2, 3].map((task) => messageOf(cluster.name, task));
    await publish(one ?? '');
    for (const MessageBody of [two, three, two, one])
      await stack.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  }
  await deliver();
  await forEach(async (one) => void one.targets.push(await target(one)));
  await sleep(dueMillis);
  // Both signals are one demand, and what was ordered is on its way.
  await forEach(async (one) => {
    await tick(one.cluster.name);
    one.targets.push(await target(one));
  });
  await forEach(async (one) => {
    one.launched = await one.cluster.registerNew();
    const [busy = '', idle = ''] = one.launched;
    await one.cluster.start(busy, 'big', 2);
    one.moving = (await one.cluster.start(idle, 'small'))[0] ?? '';
    one.unneeded = idle;
  });
  // The messages have expired when they are looked at next.
  await forEach(({ cluster }) => applyPolicy(cluster, 1));
  await sleep(dueMillis);
  await forEach(async ({ cluster }) => void (await tick(cluster.name)));
  await sleep(dueMillis);
  await forEach(async (one) => {
    one.drained = await tick(one.cluster.name);
    // As ECS does when an instance is DRAINING: a replacement elsewhere first.
    const [first = ''] = one.first;
    await one.cluster.start(first, 'small');
    await one.cluster.stop(one.moving);
  });
  await carryOutExecutions(stack.sfn, stack.instanceMachine);
  await sleep(dueMillis);
  await forEach(async (one) => {
    one.ended = await tick(one.cluster.name);
    one.targets.push(await target(one));
    await one.cluster.forget(one.unneeded);
  });
  await sleep(dueMillis);
  await forEach(async (one) => {
    one.later = await tick(one.cluster.name);
    one.targets.push(await target(one));
  });
}, 400_000);
afterAll(async () => {
  vi.restoreAllMocks();
  stack.close();
  worlds.ecs.close();
  await worlds.pools.close();
  await aws.close();
});

describe.each(kinds)('a pool on AWS over the wire, %s', (kind) => {
  it('is given what messages want of it, and no more when they are looked at again', () => {
    expect(of(kind).targets.slice(0, 2)).toEqual([5, 5]);
    expect(of(kind).launched).toHaveLength(2);
  });

  it('has the one instance drained that is not needed', async () => {
    const { drained, cluster, unneeded } = of(kind);
    expect(drained?.actions).toMatchObject([
      { action: { kind: 'beginDrain', instanceId: unneeded }, result: 'done' },
    ]);
    const { store } = scalingPlatform().ports;
    const leaving = await readJson(store, leavingKey(cluster.name), leavingDocument);
    expect(Object.keys(leaving?.value.instances ?? {})).toEqual([unneeded]);
  });

  it('loses that very instance, once it is drained, and its target falls with it', async () => {
    const { ended, cluster, first, launched, unneeded, targets } = of(kind);
    expect(ended?.actions).toMatchObject([
      { action: { kind: 'terminate', instanceId: unneeded, toUnits: 4 }, result: 'done' },
    ]);
    expect(targets.slice(2)).toEqual([4, 4]);
    expect(await cluster.stateOf(unneeded)).toBe('terminated');
    const staying = [...first, ...launched].filter((id) => id !== unneeded).sort();
    expect([...(await cluster.members())].sort()).toEqual(staying);
    for (const id of staying) expect(await cluster.stateOf(id)).toBe('running');
  });

  it('is left alone afterwards', () => {
    expect(of(kind).later?.actions).toEqual([]);
    expect(of(kind).later?.failures).toEqual([]);
  });
});

describe('messages about tasks that found no room, through SQS and through SNS', () => {
  it('are taken in once each, however often they come', () => {
    const sum = (what: 'wanted' | 'known' | 'unreadable') =>
      wanted.reduce((total, { counts }) => total + counts[what], 0);
    expect(wanted.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    expect([sum('wanted'), sum('known'), sum('unreadable')]).toEqual([3 * kinds.length, 2 * kinds.length, 0]);
  });
});
