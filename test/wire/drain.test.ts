import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as instanceLeaving } from '../../functions/instance-leaving.ts';
import type { IntakeResult } from '../../src/drain/leaving/instances-leaving.ts';
import { leavingDocument, leavingKey } from '../../src/drain/leaving/leaving-document.ts';
import { type DrainRecord, drainRecord } from '../../src/drain/records/drain-record.ts';
import { S3Store } from '../../src/platform/aws/s3-store.ts';
import { readJson } from '../../src/store/stored-json.ts';
import { s3Client } from './aws-clients.ts';
import { carryOutExecutions, inputsOf } from './support/carry-out-executions.ts';
import { type DrainStack, invocation, openDrainStack } from './support/drain-stack.ts';
import { DrainedWorld } from './support/drained-world.ts';
import { playEcs } from './support/play-ecs.ts';
import { batchesOf, outcomes, type ToldEvent, tell, tellAll } from './support/told-events.ts';
import { drained, untouched, WatchedInstances } from './support/watched-instances.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

const events = Object.values(outcomes).flat();
const wrappings = 3;
const lifecycleEvents = ['lifecycle-terminate', 'hook-terminate'];
/** Told of twice: that Auto Scaling ends it, and that EC2 does; and the other way round. */
const bothOrders = [
  ['lifecycle-terminate', 'spot-terminate'],
  ['spot-terminate', 'lifecycle-terminate'],
] as const;

let aws: WholeAws;
let world: DrainedWorld;
let stack: DrainStack;
let watched: WatchedInstances;
let store: S3Store;
let told: readonly ToldEvent[] = [];
let both: readonly string[] = [];
let staying = '';
let intake: readonly IntakeResult[] = [];
let again: readonly IntakeResult[] = [];
let records: readonly DrainRecord[] = [];
let started: Awaited<ReturnType<typeof inputsOf>> = [];

const actionOf = (instanceId: string, lifecycleActionToken: string) => ({
  autoScalingGroupName: 'web',
  lifecycleHookName: 'drain',
  lifecycleActionToken,
  instanceId,
});
const bothToken = (index: number): string => `00000000-0000-4000-8000-00000000000${index}`;

const deliver = async (bodies: readonly string[]): Promise<readonly IntakeResult[]> => {
  const results: IntakeResult[] = [];
  for (const batch of batchesOf(bodies))
    results.push((await instanceLeaving(batch, invocation)) as IntakeResult);
  return results;
};

const readRecords = async (): Promise<readonly DrainRecord[]> => {
  const keys = await Array.fromAsync(store.list('decisions/'));
  const read = await Promise.all(keys.map((key) => readJson(store, key, drainRecord)));
  return read.flatMap((record) => record?.value ?? []);
};
const recordsOf = (instanceId: string): readonly DrainRecord[] =>
  records.filter((record) => record.instanceId === instanceId);

const counted = (results: readonly IntakeResult[], what: keyof IntakeResult['counts']): number =>
  results.reduce((sum, { counts }) => sum + counts[what], 0);

beforeAll(async () => {
  // The functions' metrics.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  aws = await startWholeAws();
  world = new DrainedWorld(aws.url);
  const clusterName = await world.openCluster(aws.url);
  const other = await world.openCluster(aws.url);
  stack = await openDrainStack(aws.url, [other, clusterName]);
  store = new S3Store(s3Client(aws.url), stack.bucket);
  watched = new WatchedInstances(world, clusterName, [await world.openGroup(), await world.openGroup()]);
  await world.openHook('web', 'drain');
  const ofEvents = events.length * wrappings;
  const instanceIds = await world.runInstances(ofEvents + bothOrders.length + 1);
  both = instanceIds.slice(ofEvents, -1);
  staying = instanceIds.at(-1) ?? '';
  await watched.fill(instanceIds);
  await sleep(500);

  told = tellAll(events, instanceIds);
  for (const { event, instanceId, lifecycleActionToken } of told)
    if (lifecycleEvents.includes(event)) aws.lifecycle.begin(actionOf(instanceId, lifecycleActionToken));
  const bodies = told.map(({ body }) => body);
  intake = await deliver(bodies);
  for (const [index, order] of bothOrders.entries()) {
    const instanceId = both[index] ?? '';
    aws.lifecycle.begin(actionOf(instanceId, bothToken(index)));
    for (const event of order) await deliver([tell(event, instanceId, bothToken(index))]);
  }
  await carryOutExecutions(stack.sfn, stack.clusterMachine);
  const moved = told.filter(({ event }) => outcomes.unhurried.some((one) => one === event));
  const stopPlaying = playEcs(
    world,
    watched,
    moved.map(({ instanceId }) => instanceId),
  );
  await carryOutExecutions(stack.sfn, stack.instanceMachine);
  await stopPlaying();
  again = await deliver(bodies);
  records = await readRecords();
  started = await inputsOf(stack.sfn, stack.instanceMachine.arn);
}, 400_000);
afterAll(async () => {
  vi.restoreAllMocks();
  stack.close();
  world.close();
  await aws.close();
});

const each = (names: readonly string[]) =>
  names.flatMap((event) => Array.from({ length: wrappings }, (_, index) => ({ event, index })));
const find = ({ event, index }: { readonly event: string; readonly index: number }): ToldEvent => {
  const found = told.filter((one) => one.event === event)[index];
  if (found === undefined) throw new RangeError(`${event} was not told`);
  return found;
};
const entryOf = async (instanceId: string) => {
  const document = await readJson(store, leavingKey(watched.clusterName), leavingDocument);
  return document?.value.instances[instanceId];
};

describe('what the queue says about instances, on AWS over the wire', () => {
  it.each(each(outcomes.hurried))('$event, wrapping $index: DRAINING, deregistered, stopped', async (one) => {
    const { instanceId } = find(one);
    expect(await watched.lookAt(instanceId)).toEqual(drained);
    const [record, ...others] = recordsOf(instanceId);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ outcome: 'empty', tasks: { seen: 3, stopped: 3 } });
    for (const step of ['draining', 'deregistered', 'verified', 'lastStop'] as const)
      expect(record?.steps[step]).toBeGreaterThan(0);
    expect(record?.steps.deregistered).toBeLessThanOrEqual(record?.steps.lastStop ?? 0);
  });

  it.each(each(outcomes.nothing))('$event, wrapping $index: nothing is touched', async (one) => {
    const { instanceId } = find(one);
    expect(await watched.lookAt(instanceId)).toEqual(untouched);
    expect(recordsOf(instanceId)).toEqual([]);
  });

  it.each(each(outcomes.unhurried))('$event, wrapping $index: drained without hurry', async (one) => {
    const { instanceId } = find(one);
    const entry = await entryOf(instanceId);
    expect(entry).toMatchObject({ pace: 'unhurried', endedAtMillis: expect.any(Number) });
    expect(started.filter(({ drainId }) => drainId === entry?.drainId)).toEqual([
      { cluster: watched.clusterName, drainId: entry?.drainId },
    ]);
    expect(await watched.lookAt(instanceId)).toEqual(drained);
    expect(recordsOf(instanceId)).toMatchObject([{ outcome: 'empty' }]);
  });

  it.each(each(lifecycleEvents))('$event, wrapping $index: Auto Scaling may go on', async (one) => {
    const { instanceId, lifecycleActionToken } = find(one);
    expect(aws.lifecycle.isWaiting(actionOf(instanceId, lifecycleActionToken))).toBe(false);
  });

  it.each(bothOrders.map((order, index) => ({ order, index })))(
    'one drain for $order: hurried, and Auto Scaling may go on',
    async ({ index }) => {
      const instanceId = both[index] ?? '';
      expect(await watched.lookAt(instanceId)).toEqual(drained);
      expect(recordsOf(instanceId)).toMatchObject([{ outcome: 'empty' }]);
      expect(await entryOf(instanceId)).toMatchObject({ pace: 'hurried' });
      expect(aws.lifecycle.isWaiting(actionOf(instanceId, bothToken(index)))).toBe(false);
    },
  );

  it('is told of every sample that there is', async () => {
    const files = await readdir(new URL('../fixtures/instance-events/', import.meta.url));
    expect([...events].sort()).toEqual(files.map((file) => file.replace('.json', '')).sort());
  });

  it('leaves an instance alone that nobody speaks of', async () => {
    expect(await watched.lookAt(staying)).toEqual(untouched);
  });

  it('takes every message in, and keeps none as a dead letter', async () => {
    expect([...intake, ...again].flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
    expect(counted(intake, 'leaving')).toBe(each([...outcomes.hurried, ...outcomes.unhurried]).length);
    expect(counted(intake, 'ignored')).toBe(each(outcomes.nothing).length);
    const { Messages = [] } = await stack.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: stack.lettersUrl, WaitTimeSeconds: 0 }),
    );
    expect(Messages).toEqual([]);
  });

  it('keeps what means nothing to it, with the reason', async () => {
    const body = JSON.stringify({ source: 'aws.ec2', 'detail-type': 'EC2 Spot Interruption', detail: {} });
    const [result] = await deliver([body]);
    expect(result).toMatchObject({ batchItemFailures: [], counts: { unreadable: 1 } });
    const { Messages = [] } = await stack.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: stack.lettersUrl, MessageAttributeNames: ['All'] }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual([body]);
    expect(Messages[0]?.MessageAttributes?.reason?.StringValue).toContain('EC2 Spot Interruption');
  });

  it('knows an instance of no cluster, and says how many', () => {
    // The second instance of the events of AWS Health.
    expect(counted(intake, 'unknownInstance')).toBe(wrappings);
  });

  it('starts nothing for the same messages again', async () => {
    expect(counted(again, 'leaving')).toBe(0);
    const generations = await inputsOf(stack.sfn, stack.clusterMachine.arn);
    expect(generations).toEqual([{ cluster: watched.clusterName, generation: 1 }]);
    // One of those that were told of twice was unhurried at first.
    expect(started).toHaveLength(each(outcomes.unhurried).length + 1);
  });

  it('asks a group for many instances at once, not for each', () => {
    const calls = aws.calls.get('elasticloadbalancing DeregisterTargets') ?? 0;
    const tagged = each(outcomes.unhurried).length;
    expect(calls).toBeGreaterThanOrEqual(2);
    // Without hurry each drain calls for itself, and ECS does as well.
    expect(calls - 2 * tagged).toBeLessThan(outcomes.hurried.length);
  });
});
