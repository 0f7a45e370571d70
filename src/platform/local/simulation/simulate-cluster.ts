import type { Balancer } from '../../ports/balancer.ts';
import type { CapacityPool } from '../../ports/capacity-pool.ts';
import type { ContainerCluster } from '../../ports/container-cluster.ts';
import type { InstanceAddresses } from '../../ports/instance-addresses.ts';
import type { InstancePools } from '../../ports/instance-pools.ts';
import type { MetricSource } from '../../ports/metric-source.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { CallKind } from './call-faults.ts';
import { hearEvents } from './hear-events.ts';
import type { InstanceEvent } from './instance-events.ts';
import type { JournalEntry } from './journal.ts';
import { PoolKeeper } from './pool-keeper.ts';
import { populate } from './populate.ts';
import { SimulatedAddresses } from './simulated-addresses.ts';
import { SimulatedBalancer } from './simulated-balancer.ts';
import { type CallCount, SimulatedCalls } from './simulated-calls.ts';
import { SimulatedCapacity } from './simulated-capacity.ts';
import { SimulatedCluster } from './simulated-cluster.ts';
import type { SimulatedInstance } from './simulated-instance.ts';
import { SimulatedMetrics } from './simulated-metrics.ts';
import { SimulatedPools } from './simulated-pools.ts';
import type { SimulatedTask } from './simulated-task.ts';
import { SimulatedWorld } from './simulated-world.ts';
import { type SimulationSetup, withDefaults } from './simulation-setup.ts';
import { type GroupTraffic, Traffic } from './traffic.ts';

/** A simulated cluster: the ports in front of it, the hand of EC2, and how things truly are. */
export interface SimulatedPlatform {
  readonly clusterName: string;
  readonly cluster: ContainerCluster;
  readonly balancer: Balancer;
  readonly capacity: CapacityPool;
  readonly addresses: InstanceAddresses;
  readonly pools: InstancePools;
  readonly metrics: MetricSource;
  /** Takes instances away. */
  readonly pool: Pick<SimulatedCapacity, 'interrupt' | 'terminate' | 'recommend' | 'end'>;
  /** Pools as they truly are. */
  readonly keeper: PoolKeeper;
  /** An event that EC2, Auto Scaling or ECS sends by itself; to be set. */
  onEvent(listener: (event: InstanceEvent) => void): void;
  /** Changes it while time passes. */
  readonly world: SimulatedWorld;
  /** In the order in which they came, ended ones too. */
  readonly instances: () => readonly SimulatedInstance[];
  readonly tasks: () => readonly SimulatedTask[];
  readonly journal: readonly JournalEntry[];
  /** Until now, by the group's name. */
  readonly traffic: () => ReadonlyMap<string, GroupTraffic>;
  /** Until now, by the task's ARN. */
  readonly trafficByTask: () => ReadonlyMap<string, GroupTraffic>;
  readonly calls: () => ReadonlyMap<CallKind, CallCount>;
}

/**
 * Builds a cluster as a setup has it: everything is up, running, registered and healthy at the beginning. The same setup
 * and the same calls at the same instants give the same history.
 */
export const simulateCluster = (setup: SimulationSetup, time: VirtualTime): SimulatedPlatform => {
  const simulation = withDefaults(setup);
  const world = new SimulatedWorld(simulation, time);
  const calls = new SimulatedCalls(simulation, world.chance, time);
  const keeper = new PoolKeeper(world, time, simulation.paces);
  const capacity = new SimulatedCapacity(world, calls, time);
  const traffic = new Traffic(world.targets);
  populate(
    world,
    simulation,
    simulation.pools.flatMap((pool) => keeper.open(pool)),
  );
  world.onGone = (instance) => keeper.gone(instance);
  return {
    clusterName: simulation.clusterName,
    cluster: new SimulatedCluster(world, calls),
    balancer: new SimulatedBalancer(world, calls),
    capacity,
    addresses: new SimulatedAddresses(world),
    pool: capacity,
    pools: new SimulatedPools(keeper, calls),
    metrics: new SimulatedMetrics(world, calls, simulation),
    keeper,
    onEvent: (listener) => hearEvents(world, keeper, capacity, listener),
    world,
    instances: () => [...world.state.instances.values()],
    tasks: () => world.state.tasks,
    journal: world.state.journal.entries,
    traffic: () => traffic.byGroup(time.nowMillis()),
    trafficByTask: () => traffic.byTask(time.nowMillis()),
    calls: () => calls.counts(),
  };
};
