import { targetOf } from '../../../../src/platform/local/simulation/cluster-state.ts';
import { sizeOfSlots } from '../../../../src/platform/local/simulation/instance-size.ts';
import { addService, runBatchTask } from '../../../../src/platform/local/simulation/populate.ts';
import { simulateCluster } from '../../../../src/platform/local/simulation/simulate-cluster.ts';
import type { LoadFunction } from '../../../../src/platform/local/simulation/simulated-metrics.ts';
import { VirtualTime } from '../../../../src/platform/local/virtual-time.ts';
import type { BalancerTarget } from '../../../../src/platform/ports/balancer.ts';
import type { MetricQuery } from '../../../../src/platform/ports/metric-source.ts';
import { describeBalancerContract } from '../../../contract/balancer.contract.ts';
import { describeCapacityPoolContract } from '../../../contract/capacity-pool.contract.ts';
import { describeContainerClusterContract } from '../../../contract/container-cluster.contract.ts';
import { describeInstancePoolsContract } from '../../../contract/instance-pools.contract.ts';
import { describeMetricSourceContract } from '../../../contract/metric-source.contract.ts';
import { inTime } from './in-time.ts';

const closed = async (): Promise<void> => undefined;

describeContainerClusterContract('simulated', async () => {
  const time = new VirtualTime(1_800_000_000_000);
  const { cluster, clusterName, world } = simulateCluster({ seed: 7, instances: 0 }, time);
  return {
    cluster: inTime(time, cluster),
    clusterName,
    addInstance: async () => world.state.addInstance(sizeOfSlots(150), time.nowMillis()),
    runTask: async ({ containerInstanceArn }, { tags, startedBy } = {}) => {
      const instance = world.state.instances.get(containerInstanceArn);
      if (instance === undefined) throw new RangeError(`no instance ${containerInstanceArn}`);
      const setup = {
        ...(tags === undefined ? {} : { tags }),
        ...(startedBy === undefined ? {} : { startedBy }),
      };
      return runBatchTask(world, 'batch', setup, instance).taskArn;
    },
    createService: async ({ serviceName, ...setup }) => {
      addService(world, { name: serviceName, ...setup });
    },
    pause: (millis) => time.run(time.sleep(millis)),
    close: closed,
  };
});

describeBalancerContract('simulated', async () => {
  const time = new VirtualTime(1_800_000_000_000);
  const names = ['one', 'other'];
  const groups = names.map((name) => ({ name, deregistrationDelaySeconds: 30 }));
  const { balancer, world } = simulateCluster({ seed: 7, instances: 2, groups }, time);
  return {
    balancer: inTime(time, balancer),
    missingGroup: 'no-such-group',
    openGroup: async () => {
      const group = names.shift() ?? '';
      const [first, second] = [...world.state.instances.values()];
      if (first === undefined || second === undefined) throw new RangeError('two instances are wanted');
      const [one, sibling, other] = [first, first, second].map((instance): BalancerTarget => {
        const definition = world.state.define('web', {});
        const task = world.state.addTask({ instance, definition, portCount: 1 });
        world.life.run(task);
        const [port] = task.origin.ports;
        if (port === undefined) throw new RangeError('a port is wanted');
        return targetOf(instance.instanceId, port);
      });
      if (one === undefined || sibling === undefined || other === undefined)
        throw new RangeError('three targets are wanted');
      return {
        group,
        targetType: 'instance',
        deregistrationDelaySeconds: 30,
        targets: [one, sibling, other],
      };
    },
    pause: (millis) => time.run(time.sleep(millis)),
    close: closed,
  };
});

describeCapacityPoolContract('simulated', async () => {
  const time = new VirtualTime(1_800_000_000_000);
  const { capacity, pool, instances } = simulateCluster({ seed: 7, instances: 4 }, time);
  const idle = [...instances()];
  return {
    pool: inTime(time, capacity),
    openAction: async () => pool.terminate(idle.shift()?.instanceId ?? '').action,
    close: closed,
  };
});

describeInstancePoolsContract('simulated', async () => {
  const time = new VirtualTime(1_800_000_000_000);
  // As quick as the suite is patient.
  const paces = { orderMillis: [500, 1_500] } as const;
  const { pools, keeper } = simulateCluster({ seed: 7, instances: 0, paces }, time);
  let opened = 0;
  return {
    pools: inTime(time, pools),
    openPool: async (kind, { instances, weight = 1 }) => {
      const id = `pool-${opened++}`;
      const size = { type: 'm6i.xlarge', cpu: 4_096, memoryMib: 15_600 };
      keeper.open({ kind, id, instances, weight, size, maximum: (instances + 10) * weight });
      return { kind, id };
    },
    missingId: () => 'no-such-pool',
    pause: (millis) => time.run(time.sleep(millis)),
    close: closed,
  };
});

describeMetricSourceContract('simulated', async () => {
  const time = new VirtualTime(1_800_000_000_000);
  const readings = new Map<string, ReadonlyMap<number, number>>();
  const query = (name: string): MetricQuery => ({
    kind: 'cloudWatch',
    namespace: 'Shop',
    name,
    dimensions: {},
    statistic: 'Average',
    periodSeconds: 60,
  });
  const load: LoadFunction = (asked, { toMillis }) =>
    asked.kind === 'cloudWatch' ? readings.get(asked.name)?.get(toMillis) : undefined;
  const { metrics } = simulateCluster({ seed: 7, instances: 0, load }, time);
  return {
    source: inTime(time, metrics),
    untilMillis: time.nowMillis() - 120_000,
    openSeries: async (points) => {
      const name = `series-${readings.size}`;
      readings.set(name, new Map(points.map(({ atMillis, value }) => [atMillis, value])));
      return query(name);
    },
    emptyQuery: query('nothing'),
    pause: (millis) => time.run(time.sleep(millis)),
    close: closed,
  };
});
