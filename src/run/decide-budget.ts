import type { WorkerPrice } from '../platform/ports/capacity-survey.ts';
import { costSoFar } from './cost-so-far.ts';
import type { RosterEntry } from './documents.ts';

export interface BudgetSight {
  /** Undefined: no limit. */
  readonly maxCostUsd: number | undefined;
  /** Null where load costs nothing. */
  readonly price: WorkerPrice | null;
  readonly workers: readonly RosterEntry[];
  readonly nowMillis: number;
}

/** Why the run is to be stopped: it has cost more than its plan allows. Undefined when it has not. */
export const decideBudget = ({
  maxCostUsd,
  price,
  workers,
  nowMillis,
}: BudgetSight): { readonly reason: string } | undefined => {
  if (maxCostUsd === undefined || price === null) return undefined;
  const { usd, workerSeconds } = costSoFar(workers, price, nowMillis);
  if (usd <= maxCostUsd) return undefined;
  const hours = (workerSeconds / 3600).toFixed(2);
  return {
    reason: `it has cost $${inCents(usd)} (${hours} worker hours), more than the plan's maxCostUsd of $${inCents(maxCostUsd)}`,
  };
};

/** Budgets of less than a cent are for trying it out: those are told in full. */
const inCents = (usd: number): string => (usd < 0.1 ? usd.toPrecision(3) : usd.toFixed(2));
