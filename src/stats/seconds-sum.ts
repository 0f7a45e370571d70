import type { SecondTally } from './tally.ts';

/** What the rows of all seconds come to. Sums merge as rows do. */
export interface SecondsSum {
  readonly arrived: number;
  readonly dropped: number;
  readonly droppedBusy: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  /** The end of the last second with a row. */
  readonly until: number;
}

export const noSeconds: SecondsSum = {
  arrived: 0,
  dropped: 0,
  droppedBusy: 0,
  started: 0,
  completed: 0,
  failed: 0,
  until: 0,
};

/** The sum with these rows, none of which was added before. */
export const addSeconds = (sum: SecondsSum, rows: ReadonlyMap<number, SecondTally>): SecondsSum => {
  const total = { ...sum };
  for (const [second, row] of rows) {
    total.arrived += row.arrived;
    total.dropped += row.dropped;
    total.droppedBusy += row.droppedBusy;
    total.started += row.started;
    total.completed += row.completed;
    total.failed += row.failed;
    total.until = Math.max(total.until, second + 1);
  }
  return total;
};
