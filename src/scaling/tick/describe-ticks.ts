import type { ScalingTicks } from './scaling-ticks.ts';
import { type FinishedTick, sumCalls, type TickResult } from './tick-result.ts';

const units = {
  Ticks: 'Count',
  TickFailures: 'Count',
  TickMillis: 'Milliseconds',
  Calls: 'Count',
  LeastCalls: 'Count',
  TickLateSeconds: 'Seconds',
} as const;

type Figures = Readonly<Partial<Record<keyof typeof units, number>>>;

/**
 * Lines of CloudWatch's embedded metric format, one for each cluster that ticked or failed to, by the dimension `Cluster`;
 * what has an alarm also over all, as nobody can have an alarm for each value of a dimension that is to come.
 * A tick that could read, do or write a part only has failed too. What was done, and the calls by bucket, are properties.
 */
export const describeTicks = (
  { ticks, failed }: Pick<ScalingTicks, 'ticks' | 'failed'>,
  nowMillis: number,
): readonly object[] => [
  ...ticks.filter(isFinished).map((tick) =>
    line(
      tick.cluster,
      nowMillis,
      {
        Ticks: 1,
        TickFailures: tick.failures.length > 0 ? 1 : 0,
        TickMillis: tick.millis,
        Calls: sumCalls(tick.calls),
        LeastCalls: sumCalls(tick.leastCalls),
        TickLateSeconds: tick.lateSeconds,
      },
      {
        tick: tick.tick,
        dryRun: tick.dryRun,
        actions: tick.actions.length,
        failures: tick.failures,
        calls: tick.calls,
      },
    ),
  ),
  ...failed.map(({ cluster, reason }) => line(cluster, nowMillis, { TickFailures: 1 }, { reason })),
];

const isFinished = (tick: TickResult): tick is FinishedTick => tick.kind === 'ticked';

const metricsOf = (figures: Figures): readonly { readonly Name: string; readonly Unit: string }[] =>
  Object.entries(units)
    .filter(([name]) => name in figures)
    .map(([Name, Unit]) => ({ Name, Unit }));

const isAlarming = ({ Name }: { readonly Name: string }): boolean =>
  Name === 'TickFailures' || Name === 'TickLateSeconds';

const line = (cluster: string, nowMillis: number, figures: Figures, properties: object): object => ({
  _aws: {
    Timestamp: nowMillis,
    CloudWatchMetrics: [
      { Namespace: 'stormdrain', Dimensions: [['Cluster']], Metrics: metricsOf(figures) },
      { Namespace: 'stormdrain', Dimensions: [[]], Metrics: metricsOf(figures).filter(isAlarming) },
    ],
  },
  Cluster: cluster,
  ...figures,
  ...properties,
});
