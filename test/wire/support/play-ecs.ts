import { setTimeout as sleep } from 'node:timers/promises';
import { StopTaskCommand } from '@aws-sdk/client-ecs';
import { DeregisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type DrainedWorld, delaySeconds } from './drained-world.ts';
import type { WatchedInstances } from './watched-instances.ts';

const lookMillis = 500;

/**
 * What becomes of instances that are DRAINING without anybody's doing: ECS leads requests away from a service's task and
 * stops it after the deregistration delay, and batch work ends by itself. Gives a function that ends it.
 */
export const playEcs = (
  world: DrainedWorld,
  watched: WatchedInstances,
  instanceIds: readonly string[],
): (() => Promise<void>) => {
  let isOver = false;
  const left = new Set(instanceIds);
  const empty = async (instanceId: string): Promise<void> => {
    const { tasks } = watched.of(instanceId);
    const [TargetGroupArn] = watched.groups;
    const Targets = [{ Id: instanceId, Port: await watched.portOf(tasks.ofService) }];
    await world.elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
    await sleep(delaySeconds * 1000);
    for (const task of [tasks.ofService, tasks.batch])
      await world.ecs.send(new StopTaskCommand({ cluster: watched.clusterName, task }));
  };
  const play = async (): Promise<void> => {
    while (!isOver) {
      const draining = (await watched.draining()).filter((instanceId) => left.delete(instanceId));
      await Promise.all([...draining.map(empty), sleep(lookMillis)]);
    }
  };
  const played = play();
  return async () => {
    isOver = true;
    await played;
  };
};
