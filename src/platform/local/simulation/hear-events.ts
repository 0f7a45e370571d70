import { type InstanceEvent, placementFailure, stateChange } from './instance-events.ts';
import type { PoolKeeper } from './pool-keeper.ts';
import type { SimulatedCapacity } from './simulated-capacity.ts';
import type { SimulatedService } from './simulated-service.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** ECS says again that a service's tasks can't be placed, at the soonest. */
const placementMillis = 60_000;

/** Has a listener told of what AWS says by itself: instances that are gone, hooks that wait, tasks that can't be placed. */
export const hearEvents = (
  world: SimulatedWorld,
  keeper: PoolKeeper,
  capacity: SimulatedCapacity,
  listener: (event: InstanceEvent) => void,
): void => {
  const lastFailure = new Map<SimulatedService, number>();
  world.onGone = (instance) => {
    keeper.gone(instance);
    listener(stateChange(capacity.nextEvent(), world.nowMillis(), instance.instanceId, 'terminated'));
  };
  keeper.onTerminate = ({ setup }, instance) => {
    listener(capacity.terminate(instance.instanceId, setup.hookSeconds, setup.id).event);
  };
  world.onUnplaced = (service) => {
    const now = world.nowMillis();
    if (now - (lastFailure.get(service) ?? 0) < placementMillis) return;
    lastFailure.set(service, now);
    const { clusterArn } = world.state;
    listener(placementFailure(capacity.nextEvent(), now, clusterArn, service.serviceArn));
  };
};
