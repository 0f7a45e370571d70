import type { SimulatedDecision, SimulationRow } from '../scaling/simulate/simulation.ts';
import type { SimulationSummary } from '../scaling/simulate/summarise-result.ts';
import type { SweepAdvice } from '../scaling/simulate/sweep-intervals.ts';

/** What `scaling simulate` found: one run, two that are compared, or one for each interval of a sweep. */
export interface SimulationReport {
  readonly world: {
    /** The trace's or the shape's name. */
    readonly load: string;
    readonly seconds: number;
    readonly seed: number;
    readonly services: readonly string[];
    readonly startMillis: number;
  };
  readonly runs: readonly {
    readonly summary: SimulationSummary;
    /** One a second. */
    readonly rows: readonly SimulationRow[];
    /** Those that changed something, in order. */
    readonly decisions: readonly SimulatedDecision[];
  }[];
  readonly sweep?: SweepAdvice;
  readonly assumptions: readonly string[];
}
