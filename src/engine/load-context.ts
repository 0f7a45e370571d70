import type { MeasurementSink, RequestTiming } from '../stats/measurement-sink.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { RunClock } from './engine.ts';
import type { ScenarioRun } from './run-scenario.ts';

/** What all arrivals of one engine share. */
export interface LoadContext {
  readonly clock: RunClock;
  readonly sink: MeasurementSink;
  readonly pool: ConnectionPool;
  /** Handed to the sink with each request. */
  readonly timing: RequestTiming;
  /** Arrivals under way, thinking ones included. */
  readonly active: Set<ScenarioRun>;
  /** Requests started and neither completed nor failed. */
  openRequests: number;
  /** Called when an arrival has ended and its owner has heard of it. */
  ended(): void;
}
