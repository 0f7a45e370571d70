import { PlanInvalidError } from '../errors.ts';
import type { Epoch } from '../plan/epochs.ts';
import type { Tally } from '../stats/tally.ts';

/** What drives a worker's shard, or a part of it: one engine with its own recorder. Nothing here throws. */
export interface LoadLane {
  /** Once, before everything else but `close`. */
  start(start: LaneStart): void;
  applyEpochs(epochs: readonly Epoch[]): void;
  /** Takes no further arrival. */
  release(): void;
  /** Takes no further arrival; requests under way get `graceMillis`. */
  stop(graceMillis: number): void;
  /** Notes how the generator was doing since the look before. */
  look(): void;
  /** As of the last look. */
  openSockets(): number;
  /** What was measured since the cut before. A lane that has failed has nothing more to hand over. */
  cut(): Promise<Tally>;
  /** Resolves when nothing is under way any more, or when the lane can't go on. */
  readonly finished: Promise<'finished' | LaneFailure>;
  close(): Promise<void>;
}

/** In words, for the worker's exit document. */
export interface LaneFailure {
  readonly failed: string;
  /** The plan can't be carried out: another worker would fail alike. */
  readonly planRefused?: true;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const laneFailure = (error: unknown): LaneFailure => ({
  failed: messageOf(error),
  ...(error instanceof PlanInvalidError ? { planRefused: true } : {}),
});

export interface LaneStart {
  /** The run's start on the clock that all threads share (`sharedMicros`). */
  readonly startsAtMicros: number;
  readonly epochs: readonly Epoch[];
  /** Arrivals before this instant of the run are nobody's. */
  readonly fromMicros: number;
}

/** Reserves rows that nobody else will get; undefined when there are none left. */
export type ClaimRows = (
  scenario: string,
) => Promise<{ readonly from: number; readonly count: number } | undefined>;
