import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { eachOf, inBatches, pacedCall } from '../../calls/paced-call.ts';
import { MetricsUnavailableError } from '../../errors.ts';
import type { MetricSource } from '../../platform/ports/metric-source.ts';
import type { MetricPoint, MetricReadings } from '../cluster-snapshot.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import type { PlannedQuery, PlannedReads, RuleReads } from './plan-metric-reads.ts';

export interface MetricsRead {
  /** By service: of its rules, in their order. */
  readonly readings: ReadonlyMap<string, readonly MetricReadings[]>;
  readonly cloudWatchQueries: number;
  readonly prometheusQueries: number;
  readonly failures: readonly string[];
}

interface Series {
  readonly points: MetricPoint[];
  failure?: string;
}

const atOnce = 8;
const mostPages = 100;
/** One wrong query of 500 is found by nine: enough for a few. */
const mostDivisions = 32;

/** What was planned is asked for, whole batches at a time. Never throws: what could not be read is said in its place. */
export const readMetrics = async (
  ports: ScalingPorts,
  planned: PlannedReads,
  toMillis: number,
): Promise<MetricsRead> => {
  const found = new Map<string, Series>();
  const failures: string[] = [];
  const ofKind = (kind: 'cloudWatch' | 'prometheus') =>
    // Those that look back equally far share a call, so that nobody's long window makes others' pages.
    [...planned.queries]
      .filter(([, { query }]) => query.kind === kind)
      .sort(([, a], [, b]) => b.fromMillis - a.fromMillis);
  let divisionsLeft = mostDivisions;
  const read = async (
    source: MetricSource,
    entries: readonly (readonly [string, PlannedQuery])[],
  ): Promise<void> => {
    const fromMillis = Math.min(...entries.map(([, one]) => one.fromMillis));
    for (const [key] of entries) found.set(key, { points: [] });
    try {
      if (await readBatch(ports, source, entries, { fromMillis, toMillis }, found)) return;
      if (divisionsLeft-- <= 0)
        failures.push(`${entries.length} metrics were not read: some of them are refused, here or before`);
      else
        await Promise.all(
          inBatches(entries, Math.ceil(entries.length / 2)).map((half) => read(source, half)),
        );
    } catch (error) {
      logFailure({ error });
      const reason = reasonOf(error);
      failures.push(`${entries.length} metrics could not be read: ${reason}`);
      // What came before the failure is a part of a window, which looks like a low number.
      for (const [key] of entries) found.set(key, { points: [], failure: reason });
    }
  };
  const cloudWatch = ofKind('cloudWatch');
  const prometheus = ofKind('prometheus');
  const { metrics } = ports;
  await Promise.all([
    eachOf(inBatches(cloudWatch, metrics.cloudWatch.queriesPerCall), atOnce, (batch) =>
      read(metrics.cloudWatch, batch),
    ),
    eachOf(inBatches(prometheus, metrics.prometheus.queriesPerCall), atOnce, (batch) =>
      read(metrics.prometheus, batch),
    ),
  ]);
  const readings = new Map(
    [...planned.rules].map(([service, rules]) => [service, rules.map((rule) => readingsOf(rule, found))]),
  );
  return {
    readings,
    cloudWatchQueries: cloudWatch.length,
    prometheusQueries: prometheus.length,
    failures,
  };
};

/** False when they are to be asked for in smaller parts. */
const readBatch = async (
  ports: ScalingPorts,
  source: MetricSource,
  entries: readonly (readonly [string, PlannedQuery])[],
  window: { readonly fromMillis: number; readonly toMillis: number },
  found: Map<string, Series>,
): Promise<boolean> => {
  const queries = entries.map(([, { query }]) => query);
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const got = await pacedCall(ports, 'metricRead', () => source.read(queries, window, next));
    for (const [place, [key]] of entries.entries()) {
      const series = got.series[place];
      const known = found.get(key);
      if (series === undefined || known === undefined) continue;
      known.points.push(...series.points);
      if (series.failure !== undefined) known.failure = series.failure;
    }
    if (got.isDivisible === true) return false;
    next = got.next;
    if (next === undefined) return true;
  }
  throw new MetricsUnavailableError(`${queries.length} metrics have more than ${mostPages} pages`);
};

const readingsOf = ({ key, inWorkKey, fromMillis }: RuleReads, found: ReadonlyMap<string, Series>) => {
  const pointsOf = (series: Series | undefined): readonly MetricPoint[] =>
    (series?.points ?? [])
      .filter(({ atMillis }) => atMillis > fromMillis)
      .sort((a, b) => a.atMillis - b.atMillis);
  const main = found.get(key);
  const inWork = inWorkKey === null ? undefined : found.get(inWorkKey);
  const failure = main?.failure ?? inWork?.failure;
  return {
    points: pointsOf(main),
    ...(inWorkKey === null ? {} : { inWork: pointsOf(inWork) }),
    ...(failure === undefined ? {} : { failure }),
  };
};
