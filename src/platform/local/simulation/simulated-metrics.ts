import { MetricsUnavailableError } from '../../../errors.ts';
import type {
  MetricPage,
  MetricQuery,
  MetricSeries,
  MetricSource,
  MetricWindow,
} from '../../ports/metric-source.ts';
import type { SimulatedCalls } from './simulated-calls.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** A period of a metric, and what was there in it. */
export interface LoadPeriod {
  readonly fromMillis: number;
  readonly toMillis: number;
  /** Tasks of a service that ran, on average. */
  readonly running: (service: string) => number;
}

/** What a query reads in a period; undefined when there is nothing. */
export type LoadFunction = (query: MetricQuery, period: LoadPeriod) => number | undefined;

/** Metrics of a simulated cluster: whole periods, which can be had some time after they have ended. */
export class SimulatedMetrics implements MetricSource {
  readonly queriesPerCall: number;
  readonly #world: SimulatedWorld;
  readonly #calls: SimulatedCalls;
  readonly #load: LoadFunction;
  readonly #delayMillis: number;

  constructor(
    world: SimulatedWorld,
    calls: SimulatedCalls,
    setup: { readonly load: LoadFunction; readonly metricDelayMillis: number },
    queriesPerCall = 500,
  ) {
    this.#world = world;
    this.#calls = calls;
    this.#load = setup.load;
    this.#delayMillis = setup.metricDelayMillis;
    this.queriesPerCall = queriesPerCall;
  }

  read(queries: readonly MetricQuery[], window: MetricWindow): Promise<MetricPage> {
    return this.#calls.make({
      call: 'readMetrics',
      buckets: ['metricRead'],
      effect: () => ({ series: queries.map((query) => this.#series(query, window)) }),
      unavailable: (message) => new MetricsUnavailableError(message),
    });
  }

  #series(query: MetricQuery, { fromMillis, toMillis }: MetricWindow): MetricSeries {
    const periodMillis = query.periodSeconds * 1000;
    const lastMillis = Math.min(toMillis, this.#world.nowMillis() - this.#delayMillis);
    const points: { readonly atMillis: number; readonly value: number }[] = [];
    let atMillis = (Math.floor(fromMillis / periodMillis) + 1) * periodMillis;
    for (; atMillis <= lastMillis; atMillis += periodMillis) {
      const value = this.#load(query, {
        fromMillis: atMillis - periodMillis,
        toMillis: atMillis,
        running: (service) => this.#running(service, atMillis - periodMillis, atMillis),
      });
      if (value !== undefined) points.push({ atMillis, value });
    }
    return { points };
  }

  #running(service: string, fromMillis: number, toMillis: number): number {
    return this.#world.state.services.get(service)?.running.average(fromMillis, toMillis) ?? 0;
  }
}
