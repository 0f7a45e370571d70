import type { MeasurementSink, RequestTiming } from '../stats/measurement-sink.ts';
import type { ActiveRuns } from './arrivals/active-runs.ts';
import type { RunClock } from './engine.ts';
import type { MakeExchange } from './exchange/compose-exchange.ts';

/** What all arrivals of one engine share. */
export interface LoadContext {
  readonly clock: RunClock;
  readonly sink: MeasurementSink;
  /** What carries the requests of one arrival or user. */
  readonly exchange: MakeExchange;
  /** Handed to the sink with each request. */
  readonly timing: RequestTiming;
  /** Arrivals under way, thinking ones included. */
  readonly active: ActiveRuns;
  /** Requests started and neither completed nor failed. */
  openRequests: number;
  /** Called when an arrival has ended and its owner has heard of it. */
  ended(): void;
}
