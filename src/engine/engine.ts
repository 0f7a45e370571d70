import type { AddressGuard } from '../plan/allowed-targets.ts';
import type { DataRow } from '../plan/data-rows.ts';
import type { Epoch } from '../plan/epochs.ts';
import type { Plan } from '../plan/plan.ts';
import type { Lane } from '../plan/shard-lane.ts';
import type { MeasurementSink } from '../stats/measurement-sink.ts';
import type { Hook } from './hooks.ts';

/** The engine port: what turns a shard of a plan into load. One engine drives one shard for one run. */
export interface Engine {
  readonly name: string;
  readonly promises: EnginePromises;
  /** Begins at the run's start (clock 0) or, for a replacement, at `shard.fromMicros`. Does not throw once started. */
  start(shard: EngineShard, clock: RunClock, sink: MeasurementSink): EngineRun;
}

export interface EnginePromises {
  readonly openModel: boolean;
  readonly closedModel: boolean;
  /** Sends exactly the arrivals the schedule gives, at their instants. */
  readonly exactArrivals: boolean;
}

export interface EngineShard {
  readonly plan: Plan;
  readonly shard: number;
  /** This engine's part of the shard: of its arrivals and users those number `index`, `index + of`, `index + 2 of` … */
  readonly lane: Lane;
  readonly epochs: readonly Epoch[];
  /** Arrivals before this instant belong to nobody now alive: a replacement doesn't send them late. */
  readonly fromMicros: number;
  /** Rows by scenario name, for scenarios that have data. */
  readonly data: ReadonlyMap<string, readonly DataRow[]>;
  /** The bytes of every file the plan refers to, by `upload`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What the plan's hooks export, by name. */
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly guard: AddressGuard;
  /** Closed model with `use: once`: reserves rows nobody else will get; undefined when there are none left. */
  claimRows(scenario: string): Promise<{ readonly from: number; readonly count: number } | undefined>;
}

/** Microseconds since the run's start instant, monotonic; negative before it. */
export interface RunClock {
  nowMicros(): number;
}

export interface EngineRun {
  /** A change of workers or rate. Returns what this shard owed or wrongly sent because it learnt of it late. */
  applyEpochs(epochs: readonly Epoch[]): { readonly missed: number; readonly duplicated: number };
  /** Takes no further arrival; those under way play on, for the plan's `finishSeconds` at most. */
  release(): void;
  /** Takes no further arrival; requests under way get `graceMillis`, then are failed as `cut off`. */
  stop(graceMillis: number): void;
  /** Requests written and unanswered, plus those waiting for a connection. */
  inFlight(): number;
  openSockets(): number;
  /** Processor time spent so far on waiting for instants without letting go (`precise`). */
  spinMicros?(): number;
  /** Scenarios that ended early, each with the reason in words (for example: out of data rows). */
  endedScenarios(): readonly { readonly scenario: string; readonly reason: string }[];
  /** Resolves when there is nothing more to send and nothing in flight. */
  readonly finished: Promise<void>;
}
