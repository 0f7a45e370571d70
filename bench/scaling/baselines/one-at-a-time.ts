import type { ClusterSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { ScalingPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import type { BenchScaler } from '../bench-world.ts';
import {
  activeOf,
  dealInstances,
  drained,
  poolActions,
  poolsOf,
  targetsOf,
  terminate,
} from './deal-instances.ts';
import { cpuMetrics, latestValues, setServices } from './set-services.ts';

const abovePercent = 30;
const belowPercent = 15;

const step = (percent: number | undefined): -1 | 0 | 1 => {
  if (percent === undefined) return 0;
  return percent > abovePercent ? 1 : percent < belowPercent ? -1 : 0;
};

/** Of all instances that take tasks, as CloudWatch's CPUUtilization of a cluster has it. */
const clusterPercent = (
  snapshot: ClusterSnapshot,
  cpuOf: ReadonlyMap<string, number>,
): number | undefined => {
  const offered = activeOf(snapshot).reduce((sum, { size }) => sum + size.cpu, 0);
  const used = snapshot.services.reduce((sum, service) => {
    const percent = latestValues(service, 1)[0] ?? 0;
    return sum + (percent / 100) * service.runningCount * (cpuOf.get(service.service) ?? 0);
  }, 0);
  return offered === 0 ? undefined : (100 * used) / offered;
};

const stepInstances = (
  snapshot: ClusterSnapshot,
  policy: ScalingPolicy,
  cpuOf: ReadonlyMap<string, number>,
): readonly ScalingAction[] => {
  const pools = poolsOf(policy);
  if (pools.length === 0) return [];
  const targets = targetsOf(snapshot);
  const actions = terminate(drained(snapshot), targets);
  const direction = step(clusterPercent(snapshot, cpuOf));
  if (direction === 1) return [...actions, ...poolActions(targets, dealInstances(1, pools, targets))];
  const active = activeOf(snapshot).sort((one, other) => one.runningTasks - other.runningTasks);
  const [emptiest] = active;
  if (direction === 0 || active.length < 2 || emptiest?.pool == null) return actions;
  const { pool, instanceId } = emptiest;
  return [...actions, { kind: 'beginDrain', pool, instanceId, weight: 1 }];
};

/**
 * The old script, each minute: above 30 % average CPU one more, below 15 % one less, services and instances alike, whatever
 * is on its way. Kinder than scripts are: it takes the emptiest instance, and drains it first.
 */
export const oneAtATime: BenchScaler = {
  name: 'one at a time',
  create({ policy, setup }) {
    const cpuOf = new Map(setup.services.map(({ service, cpu }) => [service, cpu]));
    return {
      name: this.name,
      everySeconds: 60,
      metrics: cpuMetrics(policy, 60),
      decide: (snapshot) => ({
        decisions: [],
        actions: [
          ...setServices(snapshot, policy, (service) => {
            return service.desiredCount + step(latestValues(service, 1)[0]);
          }),
          ...stepInstances(snapshot, policy, cpuOf),
        ],
      }),
    };
  },
};
