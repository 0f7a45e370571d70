import type { ClusterSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import type { SimulatedServiceSetup } from '../../../src/scaling/simulate/simulation.ts';
import type { BenchScaler, BenchWorld } from '../bench-world.ts';
import {
  activeOf,
  dealInstances,
  drained,
  type PoolTargets,
  poolActions,
  poolsOf,
  targetsOf,
  terminate,
} from './deal-instances.ts';
import { highestAhead } from './highest-ahead.ts';
import { setServices } from './set-services.ts';

const everySeconds = 5;
/** From a tick to the first second that its tasks serve in full. */
const roundingSeconds = 2;

/** Tasks that serve every request when all are busy, by second. */
const fewestTasks = (
  load: Float64Array,
  { requestsPerSecondPerTask }: SimulatedServiceSetup,
  minimum: number,
): Float64Array => load.map((rate) => Math.max(minimum, Math.ceil(rate / requestsPerSecondPerTask)));

/**
 * Ordered so early that it serves when it is needed, and kept where stopping and starting it again wouldn't be sooner.
 */
const orderedTasks = (tasks: Float64Array, setup: SimulatedServiceSetup): Float64Array => {
  const { startSeconds, imagePullSeconds, stopSeconds } = setup;
  return highestAhead(tasks, startSeconds + imagePullSeconds + stopSeconds + everySeconds + roundingSeconds);
};

const plannedInstances = ({ setup }: BenchWorld, tasks: ReadonlyMap<string, Float64Array>): Float64Array => {
  const [pool] = setup.capacity?.pools ?? [];
  const most = setup.capacity?.bootSeconds[1] ?? 0;
  const needed = new Float64Array(setup.seconds);
  if (pool === undefined) return needed;
  const [{ cpu, memoryMib }] = pool.instanceTypes;
  for (let second = 0; second < needed.length; second++) {
    let cpuSum = 0;
    let memorySum = 0;
    for (const service of setup.services) {
      const count = tasks.get(service.service)?.[second] ?? 0;
      cpuSum += count * service.cpu;
      memorySum += count * service.memoryMib;
    }
    needed[second] = Math.ceil(Math.max(cpuSum / cpu, memorySum / memoryMib));
  }
  return highestAhead(needed, most + everySeconds + roundingSeconds);
};

/** Whether spot instances are about to be taken all at once, or can't be had again yet. */
const isStormy = ({ setup }: BenchWorld, second: number): boolean => {
  const early = (setup.capacity?.bootSeconds[1] ?? 0) + 60;
  return (setup.capacity?.pools ?? []).some(({ storms = [] }) =>
    storms.some(
      ({ atSecond, noneForSeconds }) =>
        second >= atSecond - early && second < atSecond + Math.max(noneForSeconds, 120) + early,
    ),
  );
};

/** As many as are needed; while it storms, as many of those that can't be taken. */
const planTargets = (
  world: BenchWorld,
  targets: PoolTargets,
  needed: number,
  second: number,
): PoolTargets => {
  const pools = poolsOf(world.policy);
  if (isStormy(world, second)) {
    const planned = new Map(targets);
    for (const { name } of pools)
      if (name !== 'spot') planned.set(name, Math.max(needed, planned.get(name) ?? 0));
    return planned;
  }
  return dealInstances(needed, pools, new Map());
};

const scaleInstances = (
  world: BenchWorld,
  snapshot: ClusterSnapshot,
  needed: number,
  second: number,
): readonly ScalingAction[] => {
  if (world.setup.capacity === null) return [];
  const targets = targetsOf(snapshot);
  const ended = terminate(drained(snapshot), targets);
  const planned = planTargets(world, targets, needed, second);
  const raised = new Map(
    [...targets].map(([name, units]) => [name, Math.max(units, planned.get(name) ?? 0)]),
  );
  const drains = [...targets].flatMap(([pool, units]): ScalingAction[] => {
    const leaving = snapshot.leaving.length - ended.length;
    const own = activeOf(snapshot).filter((instance) => instance.pool === pool);
    const surplus = Math.max(0, units - (planned.get(pool) ?? 0) - leaving);
    return own
      .sort((one, other) => one.runningTasks + one.pendingTasks - other.runningTasks - other.pendingTasks)
      .slice(0, surplus)
      .map(({ instanceId }) => ({ kind: 'beginDrain', pool, instanceId, weight: 1 }));
  });
  return [...ended, ...poolActions(targets, raised), ...drains];
};

/**
 * Knows every second of the load and every storm beforehand, not which instances are taken in between: has one more then.
 * Each task is full before there is another, and each instance is ordered as late as the longest boot allows.
 */
export const perfectForesight: BenchScaler = {
  name: 'foresight',
  create(world) {
    const { policy, setup, loads } = world;
    const tasks = new Map(
      setup.services.map((service) => {
        const minimum = policy.services.find((one) => one.service === service.service)?.minimum ?? 0;
        const fewest = fewestTasks(loads.get(service.service) ?? new Float64Array(), service, minimum);
        return [service.service, orderedTasks(fewest, service)];
      }),
    );
    const instances = plannedInstances(world, tasks);
    const spare = (setup.capacity?.pools ?? []).some((pool) => pool.interruptionsPerHour > 0) ? 1 : 0;
    return {
      name: this.name,
      everySeconds,
      metrics: {},
      decide(snapshot) {
        const second = Math.round((snapshot.atMillis - setup.startMillis) / 1000);
        return {
          decisions: [],
          actions: [
            ...setServices(snapshot, policy, ({ service }) => tasks.get(service)?.[second]),
            ...scaleInstances(world, snapshot, (instances[second] ?? 0) + spare, second),
          ],
        };
      },
    };
  },
};
