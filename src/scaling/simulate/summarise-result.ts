import type { DecisionReason } from '../scaling-decision.ts';
import type { SimulationResult, SimulationRow, SimulationTotals } from './simulation.ts';

/** What came of a simulation, in figures. */
export interface SimulationSummary extends SimulationTotals {
  readonly scaler: string;
  readonly everySeconds: number;
  /** 0 to 1, of all requests. */
  readonly droppedShare: number;
  /** Seconds in which something was dropped. */
  readonly droppingSeconds: number;
  readonly mostTasks: number;
  readonly mostInstances: number;
  /** 0 to 1: what was served of what running tasks could have served. */
  readonly use: number;
  /** How many decisions had which reason, those to do nothing too. Data is missing from when there was some. */
  readonly reasons: Readonly<Partial<Record<DecisionReason, number>>>;
}

const most = (rows: readonly SimulationRow[], of: (row: SimulationRow) => number): number =>
  rows.reduce((highest, row) => Math.max(highest, of(row)), 0);

const sum = (rows: readonly SimulationRow[], of: (row: SimulationRow) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

/** Requests are fluid here: less than a thousandth of one isn't one. */
const isDropping = ({ dropped }: SimulationRow): boolean => dropped > 0.001;

/** By reason. Before the first reading can be had there is none, which isn't worth a word. */
const countReasons = (decisions: SimulationResult['decisions']): SimulationSummary['reasons'] => {
  const reasons: Partial<Record<DecisionReason, number>> = {};
  const seeing = new Set<string>();
  const early: SimulationResult['decisions'][number][] = [];
  for (const one of decisions) {
    const { subject, reason } = one.decision;
    if (reason === 'missing-data' && !seeing.has(subject)) {
      early.push(one);
      continue;
    }
    seeing.add(subject);
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  const blind = early.filter(({ decision }) => !seeing.has(decision.subject)).length;
  return blind === 0 ? reasons : { ...reasons, 'missing-data': (reasons['missing-data'] ?? 0) + blind };
};

export const summariseResult = ({
  scaler,
  everySeconds,
  rows,
  totals,
  decisions,
}: SimulationResult): SimulationSummary => {
  const offered = sum(rows, ({ capacity }) => capacity);
  const waits = rows.at(-1)?.queued ?? 0;
  return {
    scaler,
    everySeconds,
    ...totals,
    droppedShare: totals.requests === 0 ? 0 : totals.dropped / totals.requests,
    droppingSeconds: rows.filter(isDropping).length,
    mostTasks: most(rows, ({ running }) => running),
    mostInstances: most(rows, ({ instances }) => instances),
    use: offered === 0 ? 0 : Math.min(1, (totals.requests - totals.dropped - waits) / offered),
    reasons: countReasons(decisions),
  };
};
