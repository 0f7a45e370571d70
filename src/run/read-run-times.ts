import type { ObjectStore } from '../platform/ports/object-store.ts';
import { readSummary } from './read-summary.ts';
import { readControl } from './run-documents.ts';

/**
 * When a run sent its load; `untilMillis` of one that goes on is `nowMillis`. Undefined when there is no such run, or it never
 * started.
 */
export const readRunTimes = async (
  store: ObjectStore,
  runId: string,
  nowMillis: number,
): Promise<{ readonly sinceMillis: number; readonly untilMillis: number } | undefined> => {
  const summary = await readSummary(store, runId);
  const startedAt = summary?.startedAt ?? undefined;
  if (summary !== undefined) {
    const sinceMillis = startedAt === undefined ? Number.NaN : Date.parse(startedAt);
    if (Number.isNaN(sinceMillis)) return undefined;
    return { sinceMillis, untilMillis: sinceMillis + Math.ceil(summary.durationSeconds * 1000) };
  }
  const sinceMillis = (await readControl(store, runId))?.startAtMillis;
  return sinceMillis === undefined || sinceMillis > nowMillis
    ? undefined
    : { sinceMillis, untilMillis: nowMillis };
};
