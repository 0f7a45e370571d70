import type { MetricPoint, MetricReadings } from '../cluster-snapshot.ts';
import type { MetricReference } from '../policy/scaling-policy.ts';
import type { TrafficSums } from './service-traffic.ts';
import type { SimulationSetup } from './simulation.ts';

/** Seconds that a message takes to be worked on, so that what is in work is what is served in a second. */
const workSeconds = 1;

/**
 * One metric of one period, as CloudWatch would have it; undefined without tasks or traffic to measure. Memory grows with
 * load as CPU does. A metric of one's own is requests a second, of one task or in all; their number when it is a `Sum`.
 */
const readMetric = (metric: MetricReference, sums: TrafficSums): number | undefined => {
  const { arrived, served, offered, taskSeconds, queued, seconds } = sums;
  const tasks = taskSeconds / seconds;
  switch (metric.kind) {
    case 'cpu':
    case 'memory':
      return offered === 0 ? undefined : (100 * served) / offered;
    case 'requestsPerTarget':
      return tasks === 0 ? undefined : arrived / tasks;
    case 'queueDepth':
      return queued / seconds;
    default: {
      const isSum = metric.kind === 'cloudWatch' && metric.statistic === 'Sum';
      const value = isSum ? arrived : arrived / seconds;
      if (metric.per === 'total') return value;
      return tasks === 0 ? undefined : value / tasks;
    }
  }
};

const difference = (now: TrafficSums, then: TrafficSums): TrafficSums => ({
  arrived: now.arrived - then.arrived,
  served: now.served - then.served,
  offered: now.offered - then.offered,
  taskSeconds: now.taskSeconds - then.taskSeconds,
  queued: now.queued - then.queued,
  seconds: now.seconds - then.seconds,
});

/** What is handed to a tick of each metric: more is never looked at. */
const shownSeconds = 1800;
const shownPoints = 30;

interface Series {
  readonly metric: MetricReference;
  readonly points: MetricPoint[];
  readonly inWork: MetricPoint[];
  since: TrafficSums;
}

/** The readings of one service, in whole periods, which can be had some time after they end. */
export class MetricLog {
  readonly #series: readonly Series[];
  readonly #setup: SimulationSetup;
  readonly #startSecond: number;
  /** When the next period of any ends. */
  #nextEnd = 0;

  constructor(setup: SimulationSetup, metrics: readonly MetricReference[], sums: TrafficSums) {
    this.#setup = setup;
    this.#startSecond = Math.floor(setup.startMillis / 1000);
    this.#series = metrics.map((metric) => ({ metric, points: [], inWork: [], since: { ...sums } }));
  }

  /** When a second is over. */
  measure(second: number, sums: TrafficSums): void {
    const endSecond = this.#startSecond + second + 1;
    if (endSecond < this.#nextEnd) return;
    this.#nextEnd = Number.POSITIVE_INFINITY;
    const { metricOutages = [] } = this.#setup;
    for (const series of this.#series) {
      const { metric } = series;
      const { periodSeconds } = metric;
      const sinceEnd = endSecond % periodSeconds;
      this.#nextEnd = Math.min(this.#nextEnd, endSecond + periodSeconds - sinceEnd);
      if (sinceEnd !== 0) continue;
      const period = difference(sums, series.since);
      series.since = { ...sums };
      const isOut = metricOutages.some(
        ({ atSecond, seconds }) => second >= atSecond && second < atSecond + seconds,
      );
      const value = isOut || period.seconds < periodSeconds ? undefined : readMetric(metric, period);
      if (value === undefined) continue;
      series.points.push({ atMillis: endSecond * 1000, value });
      if (metric.kind === 'queueDepth')
        series.inWork.push({
          atMillis: endSecond * 1000,
          value: (period.served / period.seconds) * workSeconds,
        });
    }
  }

  /** What a tick at that instant can have. */
  readings(atMillis: number): readonly MetricReadings[] {
    const untilMillis = atMillis - this.#setup.metricDelaySeconds * 1000;
    return this.#series.map(({ metric, points, inWork }) => {
      let until = points.length;
      while (until > 0 && (points[until - 1]?.atMillis ?? 0) > untilMillis) until--;
      const shown = Math.min(shownPoints, Math.ceil(shownSeconds / metric.periodSeconds));
      const from = Math.max(0, until - shown);
      return {
        points: points.slice(from, until),
        ...(metric.kind === 'queueDepth' ? { inWork: inWork.slice(from, until) } : {}),
      };
    });
  }
}
