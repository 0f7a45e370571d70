import { drainLimits, noticeMillis } from '../../src/drain/coordinator/drain-state.ts';
import type { SimulatedPlatform } from '../../src/platform/local/simulation/simulate-cluster.ts';
import type { SimulatedInstance } from '../../src/platform/local/simulation/simulated-instance.ts';
import { failedRequests, sumTraffic } from '../../src/platform/local/simulation/traffic.ts';
import { callBuckets } from '../../src/quota/bucket-sizes.ts';
import type { DrainNeed } from './drain-need.ts';
import { callMillis } from './storms.ts';
import { type DrainMinimum, planMinimum } from './theoretical-minimum.ts';

/** How a storm truly went. Times in seconds from the warnings; null for what was not reached. */
export interface StormResult {
  readonly minimum: DrainMinimum;
  /** With tasks of all states listed before the last deregistration. */
  readonly minimumOfAll: DrainMinimum;
  readonly deregistered: number | null;
  readonly settled: number | null;
  /** The last StopTask that a task heard of. */
  readonly stopped: number | null;
  readonly ended: number;
  /** Tasks that still ran when their instance went. */
  readonly cutTasks: number;
  /** Of those, tasks that had never been asked to stop. */
  readonly unaskedTasks: number;
  /** Of all groups, from the warnings on. */
  readonly requests: {
    readonly sent: number;
    readonly toStopped: number;
    readonly cutOff: number;
    readonly unserved: number;
    readonly failed: number;
  };
  readonly calls: CallFigures;
}

export interface CallFigures {
  readonly reads: number;
  readonly draining: number;
  readonly deregister: number;
  readonly health: number;
  readonly stopTask: number;
  readonly throttled: number;
}

export interface PlayedStorm {
  readonly platform: SimulatedPlatform;
  readonly leaving: readonly SimulatedInstance[];
  readonly need: DrainNeed;
  readonly warnedAtMillis: number;
  readonly settledAtMillis: number | null;
}

export const measureStorm = (played: PlayedStorm): StormResult => {
  const { platform, leaving, need, warnedAtMillis, settledAtMillis } = played;
  const since = (millis: number): number => (millis - warnedAtMillis) / 1000;
  // All that ever were there: until it is DRAINING, an instance may get more.
  const tasks = leaving.flatMap((instance) => instance.tasks);
  const deadlineMillis = warnedAtMillis + noticeMillis;
  const cut = tasks.filter(({ endedAtMillis }) => (endedAtMillis ?? deadlineMillis) >= deadlineMillis);
  const stops = tasks.filter(({ endedBy }) => endedBy === 'stop-task');
  const ownStops = tasks.filter(({ endedBy }) => endedBy !== 'service').length;
  const deregistered = lastDeregistration(platform, leaving);
  const traffic = sumTraffic(platform.traffic().values());
  const conditions = {
    callSeconds: callMillis / 1000,
    settleSeconds: drainLimits.settleMillis / 1000,
    buckets: callBuckets,
  };
  return {
    minimum: planMinimum(need, ownStops, conditions),
    minimumOfAll: planMinimum(need, ownStops, conditions, 'all'),
    deregistered: deregistered === null ? null : since(deregistered),
    settled: settledAtMillis === null ? null : since(settledAtMillis),
    stopped: stops.length === 0 ? null : since(Math.max(...stops.map((task) => task.stopAskedAtMillis ?? 0))),
    ended: since(Math.max(...tasks.map((task) => task.endedAtMillis ?? Number.POSITIVE_INFINITY))),
    cutTasks: cut.length,
    unaskedTasks: cut.filter(({ stopAskedAtMillis }) => stopAskedAtMillis === null).length,
    requests: {
      sent: traffic.sent,
      toStopped: traffic.toDeadTarget,
      cutOff: traffic.cutOff,
      unserved: traffic.unserved,
      failed: failedRequests(traffic),
    },
    calls: countCalls(platform),
  };
};

/** Whoever did it: ECS's scheduler does it for tasks that have ended, too. */
const lastDeregistration = (
  { journal }: SimulatedPlatform,
  leaving: readonly SimulatedInstance[],
): number | null => {
  const ids = new Set(leaving.map(({ instanceId }) => instanceId));
  let last: number | null = null;
  for (const { what, of, atMillis } of journal) {
    const instanceId = of.slice(of.lastIndexOf(' ') + 1, of.lastIndexOf(':'));
    if (what === 'target-draining' && ids.has(instanceId)) last = atMillis;
  }
  return last;
};

const countCalls = ({ calls }: SimulatedPlatform): CallFigures => {
  const counts = new Map<string, { readonly made: number; readonly throttled: number }>(calls());
  const made = (kind: string): number => counts.get(kind)?.made ?? 0;
  const all = [...counts.values()];
  const changes = made('setInstanceState') + made('stopTask') + made('deregister') + made('health');
  return {
    reads: all.reduce((sum, count) => sum + count.made, 0) - changes,
    draining: made('setInstanceState'),
    deregister: made('deregister'),
    health: made('health'),
    stopTask: made('stopTask'),
    throttled: all.reduce((sum, count) => sum + count.throttled, 0),
  };
};
