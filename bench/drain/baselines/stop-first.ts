import type { DrainPolicy } from '../drain-policy.ts';
import { findInstances, findTargets, listTasks, setDraining } from './read-cluster.ts';
import { sdkCall } from './sdk-call.ts';

/** StopTask of everything at once, then one DeregisterTargets for each group. */
export const stopFirst: DrainPolicy = {
  name: 'StopTask first',
  async drain(world) {
    const { random, warned } = world;
    const { platform, time } = world.drains;
    const instances = await findInstances(
      world,
      warned.map(({ instanceId }) => instanceId),
    );
    await setDraining(world, instances);
    const arns = (await Promise.all(instances.map((instance) => listTasks(world, instance)))).flat();
    await Promise.all(
      arns.map((arn) =>
        sdkCall({ time, random }, () => platform.cluster.stopTask(platform.clusterName, arn, 'spot')),
      ),
    );
    const targets = await findTargets(world, arns, instances);
    const groups = [...new Set(targets.map(({ group }) => group))];
    await Promise.all(
      groups.map((group) =>
        sdkCall({ time, random }, () =>
          platform.balancer.deregister(
            group,
            targets.filter((target) => target.group === group),
          ),
        ),
      ),
    );
    return null;
  },
};
