import type { CapacityMemory } from '../scaling-memory.ts';

type Owed = CapacityMemory['owed'][string];

/**
 * Units that a pool owes, by since when. What it launches pays the oldest first, so that a pool which delivers slowly isn't
 * taken for one that doesn't deliver. Pure.
 */
export const mergeOwed = (known: Owed | undefined, units: number, nowMillis: number): Owed => {
  const merged: Owed = [];
  const before = (known ?? []).reduce((sum, one) => sum + one.units, 0);
  let paid = Math.max(0, before - units);
  for (const one of known ?? []) {
    const left = one.units - paid;
    paid = Math.max(0, -left);
    if (left > 0) merged.push({ sinceMillis: one.sinceMillis, units: left });
  }
  if (units > before) merged.push({ sinceMillis: nowMillis, units: units - before });
  return merged;
};

/** What is owed for so long already that it isn't waited for. */
export const overdueUnits = (owed: Owed, nowMillis: number, bootSeconds: number): number =>
  owed.reduce(
    (sum, { sinceMillis, units }) => (nowMillis - sinceMillis >= bootSeconds * 1000 ? sum + units : sum),
    0,
  );
