import type { MetricPoint } from '../cluster-snapshot.ts';
import type { MetricReference } from '../policy/scaling-policy.ts';
import type { ServiceMemory } from '../scaling-memory.ts';
import type { DemandRange } from './step-tasks.ts';

export type Counts = ServiceMemory['counts'];

/** Bounds of memory: half an hour of counts, 200 entries. */
const longestMillis = 30 * 60_000;
const mostEntries = 200;

/**
 * How many tasks ran between two instants, on average over time. Between two counts that differ nobody knows when the
 * change came, so there are two answers: the lower count until the later one was taken, or the higher. Before the first count
 * its own is taken.
 */
export const tasksDuring = (counts: Counts, fromMillis: number, toMillis: number): DemandRange => {
  const first = counts[0];
  const last = counts.at(-1);
  if (first === undefined || last === undefined) return { least: 0, most: 0 };
  const overlap = (from: number, to: number) =>
    Math.max(0, Math.min(to, toMillis) - Math.max(from, fromMillis));
  const beside =
    first.running * overlap(Number.NEGATIVE_INFINITY, first.atMillis) +
    last.running * overlap(last.atMillis, Number.POSITIVE_INFINITY);
  let least = beside;
  let most = beside;
  counts.slice(1).forEach((count, index) => {
    const before = counts[index] ?? count;
    const millis = overlap(before.atMillis, count.atMillis);
    least += millis * Math.min(before.running, count.running);
    most += millis * Math.max(before.running, count.running);
  });
  const length = toMillis - fromMillis;
  return { least: least / length, most: most / length };
};

/**
 * A reading as demand. An average over tasks is what one task would show times the tasks that ran in its period, so what was
 * ordered since isn't ordered again; a total is demand as it is. Uncertain counts are used as a Kubernetes HPA uses pods
 * without readings: `least` when adding tasks is in question, `most` when removing them is (replica_calculator.go).
 */
export const demandOfReading = (metric: MetricReference, point: MetricPoint, counts: Counts): DemandRange => {
  if (metric.per === 'total') return { least: point.value, most: point.value };
  const ran = tasksDuring(counts, point.atMillis - metric.periodSeconds * 1000, point.atMillis);
  return { least: point.value * ran.least, most: point.value * ran.most };
};

/** Adds what runs now, and forgets what no reading needs: of a run of equal counts the first and last are enough. */
export const rememberCount = (
  counts: Counts,
  now: { readonly atMillis: number; readonly running: number },
  keepMillis: number,
): Counts => {
  const earlier = counts.filter((count) => count.atMillis < now.atMillis);
  const from = now.atMillis - Math.min(keepMillis, longestMillis);
  /* The last one before the window says how many ran at its start. */
  const firstNeeded = Math.max(
    0,
    earlier.findLastIndex((count) => count.atMillis <= from),
  );
  const kept = [...earlier.slice(firstNeeded), now];
  return kept
    .filter(
      (count, index) =>
        count.running !== kept[index - 1]?.running || count.running !== kept[index + 1]?.running,
    )
    .slice(-mostEntries);
};
