import type { ServiceSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import { latestValues } from './set-services.ts';
import { targetPercent } from './target-percent.ts';

const tolerance = 0.1;
const downStabilisationSeconds = 300;
/** Scale-up: the larger of the two, each 15 s. Scale-down: all at once, each 15 s. */
const mostUpShare = 1;
const mostUpPods = 4;
/** From the middle of what a reading is about until it is used: its pods are those that ran then. */
const readingAgeSeconds = 23;

interface Noted {
  readonly atMillis: number;
  readonly replicas: number;
}

/**
 * A HorizontalPodAutoscaler at its defaults, synchronised each 15 s. Pods that aren't ready or have no metrics yet count as idle
 * when that lowers a scale-up, and ready ones without metrics as full when it would scale down.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ (algorithm details, default behaviour).
 */
export const createPodAutoscaler = (): ((service: ServiceSnapshot, atMillis: number) => number) => {
  const counts: Noted[] = [];
  const recommendations: Noted[] = [];
  return (service, atMillis) => {
    const { desiredCount, runningCount } = service;
    counts.push({ atMillis, replicas: runningCount });
    if (counts.length > 40) counts.shift();
    const measured =
      counts.findLast((one) => one.atMillis <= atMillis - readingAgeSeconds * 1000)?.replicas ?? runningCount;
    const percent = latestValues(service, 1)[0];
    const recommended =
      percent === undefined ? desiredCount : recommend(percent, Math.min(measured, runningCount), service);
    recommendations.push({ atMillis, replicas: recommended });
    while ((recommendations[0]?.atMillis ?? atMillis) < atMillis - downStabilisationSeconds * 1000)
      recommendations.shift();
    if (recommended > desiredCount) {
      const most = Math.max(Math.ceil(desiredCount * (1 + mostUpShare)), desiredCount + mostUpPods);
      return Math.min(recommended, most);
    }
    const highest = Math.max(...recommendations.map(({ replicas }) => replicas));
    return Math.min(desiredCount, highest);
  };
};

const recommend = (percent: number, measured: number, service: ServiceSnapshot): number => {
  const { desiredCount, runningCount } = service;
  const ratio = percent / targetPercent;
  if (measured === 0 || Math.abs(ratio - 1) <= tolerance) return desiredCount;
  if (ratio > 1) {
    const others = Math.max(0, desiredCount - measured);
    const rebalanced = (ratio * measured) / (measured + others);
    if (rebalanced < 1 + tolerance) return desiredCount;
    return Math.max(desiredCount, Math.ceil(rebalanced * (measured + others)));
  }
  const missing = Math.max(0, runningCount - measured);
  const rebalanced = (ratio * measured + (100 / targetPercent) * missing) / (measured + missing);
  if (rebalanced > 1 - tolerance) return desiredCount;
  return Math.min(desiredCount, Math.ceil(rebalanced * (measured + missing)));
};
