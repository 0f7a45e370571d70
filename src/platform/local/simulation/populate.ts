import { targetOf } from './cluster-state.ts';
import { sizeOfSlots } from './instance-size.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import { SimulatedService } from './simulated-service.ts';
import type { SimulatedTask } from './simulated-task.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { BatchSetup, ServiceSetup, Simulation } from './simulation-setup.ts';

/**
 * Fills a simulated cluster: what is there at the beginning has been there for ever. Throws a `RangeError` for a setup
 * that names what it doesn't have, or places more on an instance than it has room for. `members`: what pools have.
 */
export const populate = (
  world: SimulatedWorld,
  simulation: Simulation,
  members: readonly SimulatedInstance[],
): void => {
  const size = sizeOfSlots(simulation.slotsPerInstance);
  const own = Array.from({ length: simulation.instances }, () =>
    world.state.addInstance(size, world.nowMillis()),
  );
  const instances = [...own, ...members];
  let next = 0;
  for (const setup of simulation.services) {
    const service = addService(world, setup);
    const places = setup.onInstances ?? [...instances.keys()];
    const count = setup.schedulingStrategy === 'DAEMON' ? places.length : setup.desiredCount;
    // Dealt on from where the last service ended, so that small services don't all meet on the first instances.
    const from = setup.schedulingStrategy === 'DAEMON' || setup.onInstances !== undefined ? 0 : next;
    // Pools have instances of their own sizes: there ECS's scheduler places.
    const isSpread =
      own.length === 0 && setup.onInstances === undefined && setup.schedulingStrategy !== 'DAEMON';
    for (let place = 0; place < count; place++) {
      const roomiest = isSpread ? world.state.roomiest(service.definition, service) : undefined;
      runServiceTask(world, service, roomiest ?? at(instances, at(places, from + place)));
    }
    next += count;
  }
  simulation.batchTasks.forEach((setup, index) => {
    const places = setup.onInstances ?? [...instances.keys()];
    for (let place = 0; place < setup.count; place++)
      runBatchTask(world, `batch-${index}`, setup, at(instances, at(places, place)));
  });
  for (const { index, isOverfull, liveTasks } of instances)
    if (isOverfull)
      throw new RangeError(
        index < own.length
          ? `the setup places ${liveTasks.size} tasks on instance ${index}, which has room for ${simulation.slotsPerInstance}: raise slotsPerInstance`
          : `the setup places ${liveTasks.size} tasks on instance ${index} of a pool, which has too little room: make it larger`,
      );
};

/** A service, whose tasks ECS's scheduler starts. */
export const addService = (world: SimulatedWorld, setup: ServiceSetup): SimulatedService => {
  const definition = world.state.define(setup.name, setup);
  const service = new SimulatedService(world.state.clusterName, setup, definition);
  world.state.services.set(setup.name, service);
  world.scheduler.changed(service);
  return service;
};

/** A task of its own, which runs at once. */
export const runBatchTask = (
  world: SimulatedWorld,
  family: string,
  { group, ...setup }: Omit<BatchSetup, 'count'>,
  instance: SimulatedInstance,
): SimulatedTask => {
  const { tags, startedBy } = setup;
  const task = world.state.addTask({
    instance,
    definition: world.state.define(family, setup),
    portCount: group === undefined ? 0 : 1,
    tags: group === undefined ? { ...tags } : { 'stormdrain.balancer': group, ...tags },
    ...(startedBy === undefined ? {} : { startedBy }),
  });
  world.life.run(task);
  if (group !== undefined) registerAtOnce(world, task, [group]);
  return task;
};

const runServiceTask = (
  world: SimulatedWorld,
  service: SimulatedService,
  instance: SimulatedInstance,
): void => {
  const { definition, groups } = service;
  const task = world.state.addTask({ instance, definition, service, portCount: groups.length });
  task.wasRegistered = true;
  world.life.run(task);
  registerAtOnce(world, task, groups);
};

const registerAtOnce = (world: SimulatedWorld, task: SimulatedTask, groups: readonly string[]): void => {
  groups.forEach((name, place) => {
    const group = world.targets.groups.get(name);
    const port = task.origin.ports[place];
    if (group === undefined || port === undefined)
      throw new RangeError(`the setup has no group "${name}": list it under groups`);
    const { instance } = task.origin;
    const isByAddress = name.startsWith('haproxy:') && port.reach === 'instance';
    const target = isByAddress
      ? { id: instance.address, port: port.port }
      : targetOf(instance.instanceId, port);
    world.targets.register(group, target, true);
  });
};

/** Items are taken in turn. */
const at = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError(`the setup has no instance for what it places: ${index}`);
  return item;
};
