import type { SimulationRow } from './simulation.ts';

const figures = [
  'load',
  'dropped',
  'queued',
  'desired',
  'running',
  'instances',
  'readyInstances',
  'capacity',
] as const;

/**
 * Rows for a chart that has room for so many: each the mean of those that it stands for. `second` is the first of them.
 */
export const bucketRows = (rows: readonly SimulationRow[], most: number): readonly SimulationRow[] => {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, index): SimulationRow => {
    const from = Math.floor((index * rows.length) / most);
    const part = rows.slice(from, Math.floor(((index + 1) * rows.length) / most));
    const mean: { -readonly [Figure in keyof SimulationRow]: number } = { ...(part[0] as SimulationRow) };
    for (const figure of figures)
      mean[figure] = part.reduce((sum, row) => sum + row[figure], 0) / part.length;
    return mean;
  });
};
