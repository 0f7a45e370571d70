import type { BenchScaler } from '../bench-world.ts';
import { createClusterAutoscaler, isUnderused } from './cluster-autoscaler.ts';
import { activeOf } from './deal-instances.ts';
import { createPodAutoscaler } from './pod-autoscaler.ts';
import { cpuMetrics, setServices } from './set-services.ts';

const podSeconds = 15;
const scanSeconds = 10;

/**
 * HPA for services, cluster autoscaler for instances. Metrics as metrics-server has them: of 15 s, and 15 s old.
 * Source: https://github.com/kubernetes-sigs/metrics-server (`--metric-resolution`, 15s).
 */
export const kubernetes: BenchScaler = {
  name: 'HPA',
  metricDelaySeconds: 15,
  seesPendingTasks: true,
  create(world) {
    const { policy, setup } = world;
    const scaleInstances = createClusterAutoscaler(world);
    const autoscalers = new Map(policy.services.map(({ service }) => [service, createPodAutoscaler()]));
    return {
      name: this.name,
      everySeconds: 5,
      metrics: cpuMetrics(policy, podSeconds),
      candidates: (snapshot) =>
        activeOf(snapshot)
          .filter(isUnderused)
          .map(({ containerInstanceArn }) => containerInstanceArn),
      decide(snapshot) {
        const { atMillis } = snapshot;
        const second = Math.round((atMillis - setup.startMillis) / 1000);
        const pods =
          second % podSeconds === 0
            ? setServices(snapshot, policy, (service) =>
                autoscalers.get(service.service)?.(service, atMillis),
              )
            : [];
        return {
          decisions: [],
          actions: second % scanSeconds === 0 ? [...pods, ...scaleInstances(snapshot)] : pods,
        };
      },
    };
  },
};
