import type { TimelinePage } from '../platform/ports/run-api.ts';
import { readTimelineRows, timelineRows } from '../stats/timeline.ts';
import { timelinePlan } from './build-timeline.ts';
import { recentSpan } from './describe-progress.ts';
import { readSeconds } from './read-seconds.ts';
import { readSummary } from './read-summary.ts';
import { readNewestRollup } from './rollup.ts';
import { readRoster } from './roster.ts';
import { readControl, readPlan } from './run-documents.ts';
import type { RunPorts } from './run-ports.ts';

/** A row a second and one for each of its steps: with 10 steps some 2 MB, and a Lambda answers with 6 MB at most. */
const secondsAPage = 300;

/**
 * The rows of a run from a second on, a page of them: of an ended run from its timeline, of a running one from its
 * rollups, as far as every worker that works has reported. Throws `RunNotFound`.
 */
export const readTimeline = async (
  { store }: Pick<RunPorts, 'store'>,
  runId: string,
  afterSecond: number,
): Promise<TimelinePage> => {
  const plan = await readPlan(store, runId);
  const from = Math.max(0, Math.floor(afterSecond));
  const pageEnd = from + secondsAPage;
  const summary = await readSummary(store, runId);
  if (summary !== undefined) {
    const stored = summary.timeline === null ? undefined : await store.get(summary.timeline);
    if (stored?.kind !== 'found') return { rows: [], nextSecond: from, complete: true };
    const { rows, whole } = await readTimelineRows(stored.body, from, pageEnd);
    const last = rows.at(-1)?.second;
    return { rows, nextSecond: last === undefined ? from : last + 1, complete: whole };
  }
  const asPlanned = timelinePlan(runId, plan, await readControl(store, runId));
  const rollup = await readNewestRollup(store, runId);
  if (asPlanned === undefined || rollup === undefined) return { rows: [], nextSecond: from, complete: false };
  const workers = (await readRoster(store, runId))?.value.workers ?? [];
  const { until } = recentSpan({ workers, reportedUntil: new Map(Object.entries(rollup.reportedUntil)) });
  const to = Math.max(from, Math.min(until, pageEnd));
  const { seconds } = await readSeconds(store, runId, rollup.spans, from, to);
  return { rows: timelineRows(seconds, asPlanned, from, to), nextSecond: to, complete: false };
};
