import type { Epoch } from '../../plan/epochs.ts';
import type { DataSource } from '../../plan/plan.ts';

/** What begins arrivals: the clock of the open model, or the users of the closed one. */
export interface LoadSource {
  begin(): void;
  applyEpochs(epochs: readonly Epoch[]): { readonly missed: number; readonly duplicated: number };
  /** Begins nothing more. Arrivals under way are not its business. */
  close(): void;
  endedScenarios(): readonly EndedScenario[];
  /** Time spent awake for nothing but the next arrival, in all. */
  spinMicros(): number;
}

export interface EndedScenario {
  readonly scenario: string;
  readonly reason: string;
}

/** The reason why a scenario whose rows are used once has ended. */
export const outOfData = ({
  name,
  data,
}: {
  readonly name: string;
  readonly data?: DataSource | undefined;
}): string => `out of data: ${name} has used all ${data?.rowCount ?? 0} rows of ${data?.file ?? 'its data'}`;
