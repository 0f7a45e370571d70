import type { ServiceSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { BenchScaler } from '../bench-world.ts';
import { createManagedScaling } from './managed-scaling.ts';
import { cpuMetrics, latestValues, setServices } from './set-services.ts';
import { targetPercent } from './target-percent.ts';

/** Datapoints of a minute each; the alarms that a target tracking policy of an ECS service makes. */
const outDatapoints = 3;
const inDatapoints = 15;
/** The alarm for scaling in is set so far below the target. */
const inShare = 0.9;
/** Of an ECS service, by default. */
const cooldownSeconds = 300;

interface Last {
  outMillis: number;
  inMillis: number;
}

/**
 * In proportion, up after three minutes above the target, down after 15 below 90 % of it. The cooldown doesn't hold up a
 * larger scale-out, which is reckoned from what runs by then: the kinder way to read the documentation.
 */
const decideService = (service: ServiceSnapshot, last: Last, atMillis: number): number | undefined => {
  const { desiredCount, runningCount } = service;
  const out = latestValues(service, outDatapoints);
  const latest = out.at(-1) ?? 0;
  const isCooled = (sinceMillis: number): boolean => atMillis - sinceMillis >= cooldownSeconds * 1000;
  if (out.length === outDatapoints && out.every((value) => value > targetPercent)) {
    const wanted = Math.ceil((runningCount * latest) / targetPercent);
    if (wanted <= desiredCount) return undefined;
    last.outMillis = atMillis;
    return wanted;
  }
  const below = latestValues(service, inDatapoints);
  if (below.length < inDatapoints || below.some((value) => value >= targetPercent * inShare))
    return undefined;
  if (!isCooled(last.inMillis) || !isCooled(last.outMillis)) return undefined;
  const wanted = Math.ceil((desiredCount * latest) / targetPercent);
  if (wanted >= desiredCount) return undefined;
  last.inMillis = atMillis;
  return wanted;
};

/**
 * Application Auto Scaling's target tracking for services, capacity providers for instances.
 * Source: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export const targetTracking: BenchScaler = {
  name: 'target tracking',
  seesPendingTasks: true,
  create(world) {
    const { policy } = world;
    const scaleInstances = createManagedScaling(world);
    const lasts = new Map<string, Last>();
    return {
      name: this.name,
      everySeconds: 60,
      metrics: cpuMetrics(policy, 60),
      decide: (snapshot) => ({
        decisions: [],
        actions: [
          ...setServices(snapshot, policy, (service) => {
            const last = lasts.get(service.service) ?? { outMillis: -Infinity, inMillis: -Infinity };
            lasts.set(service.service, last);
            return decideService(service, last, snapshot.atMillis);
          }),
          ...scaleInstances(snapshot),
        ],
      }),
    };
  },
};
