import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as instanceLeaving } from '../../functions/instance-leaving.ts';
import { throttled } from '../rehearsal/fault-rules.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { carryOutExecutions } from './support/carry-out-executions.ts';
import { type DrainStack, invocation, openDrainStack } from './support/drain-stack.ts';
import { DrainedWorld } from './support/drained-world.ts';
import { batchesOf, tell } from './support/told-events.ts';
import { drained, untouched, WatchedInstances } from './support/watched-instances.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

/** `maxReceiveCount` of deploy/drain.yml. */
const mostDeliveries = 20;
const services = ['ecs', 'elasticloadbalancing', 'autoscaling'];

let aws: WholeAws;
let world: DrainedWorld;
let stack: DrainStack;
let store: MotoServer;
let clusterName = '';
beforeAll(async () => {
  // The functions' metrics, and what they say about the faults.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(console, 'error').mockReturnValue(undefined);
  vi.spyOn(console, 'warn').mockReturnValue(undefined);
  aws = await startWholeAws();
  world = new DrainedWorld(aws.url);
  clusterName = await world.openCluster(aws.url);
  // Of its own: a share of a bucket that takes long to get is not taken, and this one drain keeps the other server busy.
  store = await startMoto();
  stack = await openDrainStack(aws.url, [clusterName], store.url);
});
afterAll(async () => {
  vi.restoreAllMocks();
  stack.close();
  world.close();
  await aws.close();
  await store.close();
});

describe('a drain while AWS throttles and connections break', () => {
  it('comes to the same end, and completes what Auto Scaling waits for', {
    timeout: 300_000,
  }, async ({ signal }) => {
    const groups = [await world.openGroup(), await world.openGroup()] as const;
    const watched = new WatchedInstances(world, clusterName, groups);
    const instanceIds = await world.runInstances(5);
    await watched.fill(instanceIds);
    const [staying = '', ...leaving] = instanceIds;
    const actions = leaving.map((instanceId, index) => ({
      autoScalingGroupName: 'web',
      lifecycleHookName: 'drain',
      lifecycleActionToken: `00000000-0000-4000-8000-00000000000${index}`,
      instanceId,
    }));
    for (const action of actions) aws.lifecycle.begin(action);

    const matches = ({ service }: { readonly service: string }): boolean => services.includes(service);
    const cut = (when: 'before' | 'after') => ({ kind: 'cut', when }) as const;
    const faults = [
      aws.inject({ matches, fault: throttled, hits: { probability: 0.15 } }),
      aws.inject({ matches, fault: cut('before'), hits: { probability: 0.05 } }),
      aws.inject({ matches, fault: cut('after'), hits: { probability: 0.05 } }),
    ];
    const bodies = actions.flatMap(({ instanceId, lifecycleActionToken }) => [
      tell('spot-terminate', instanceId, lifecycleActionToken),
      tell('lifecycle-terminate', instanceId, lifecycleActionToken),
    ]);
    // As SQS does: what was not taken in is delivered again.
    let left = bodies;
    for (let delivery = 0; left.length > 0; delivery++) {
      expect(delivery, 'deliveries of the queue').toBeLessThan(mostDeliveries);
      const [batch] = batchesOf(left);
      const { batchItemFailures } = (await instanceLeaving(batch, invocation)) as {
        readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
      };
      left = batchItemFailures.flatMap(
        ({ itemIdentifier }) => left[Number(itemIdentifier.split('-')[1])] ?? [],
      );
    }
    await carryOutExecutions(stack.sfn, stack.clusterMachine, signal);
    const hits = faults.reduce((sum, fault) => sum + fault.hits(), 0);
    for (const fault of faults) fault.remove();

    for (const action of actions) {
      expect(await watched.lookAt(action.instanceId)).toEqual(drained);
      expect(aws.lifecycle.isWaiting(action)).toBe(false);
    }
    expect(await watched.lookAt(staying)).toEqual(untouched);
    expect(hits).toBeGreaterThan(5);
  });
});
