import type { DrainPolicy } from '../drain-policy.ts';
import { findInstances, setDraining } from './read-cluster.ts';

/** UpdateContainerInstancesState, and ECS does the rest as far as it gets. */
export const drainingOnly: DrainPolicy = {
  name: 'DRAINING only',
  async drain(world) {
    const ids = world.warned.map(({ instanceId }) => instanceId);
    await setDraining(world, await findInstances(world, ids));
    return null;
  },
};
