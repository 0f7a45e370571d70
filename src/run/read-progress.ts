import { decodeTally } from '../stats/merge-document.ts';
import { noSeconds } from '../stats/seconds-sum.ts';
import { emptyTally } from '../stats/tally.ts';
import { describeProgress, recentSpan } from './describe-progress.ts';
import { readSeconds } from './read-seconds.ts';
import { readSummary } from './read-summary.ts';
import { readNewestRollup } from './rollup.ts';
import { readRoster } from './roster.ts';
import { readControl, readPlan } from './run-documents.ts';
import type { RunPorts } from './run-ports.ts';
import type { RunProgress } from './run-progress.ts';

/**
 * The run as its observer saw it last, in a handful of reads whatever its length: for callers that keep nothing between
 * two looks. `RunFollower` sees segments as they come. Throws `RunNotFound`.
 */
export const readProgress = async (
  { store, clock }: Pick<RunPorts, 'store' | 'clock'>,
  runId: string,
): Promise<RunProgress> => {
  const plan = await readPlan(store, runId);
  const control = await readControl(store, runId);
  const workers = (await readRoster(store, runId))?.value.workers ?? [];
  const rollup = await readNewestRollup(store, runId);
  const reportedUntil = new Map(Object.entries(rollup?.reportedUntil ?? {}));
  const { from, until } = recentSpan({ workers, reportedUntil });
  const { seconds } = await readSeconds(store, runId, rollup?.spans ?? [], from, until);
  const summary = await readSummary(store, runId);
  const progress = describeProgress({
    runId,
    plan,
    control,
    workers,
    steps:
      rollup === undefined
        ? emptyTally().steps
        : decodeTally({ ...rollup.tally, seconds: [], warmup: [] }).steps,
    load: rollup?.load ?? noSeconds,
    rows: seconds,
    reportedUntil,
    nowMillis: clock.nowMillis(),
  });
  return summary === undefined ? progress : { ...progress, phase: 'ended', outcome: summary.outcome };
};
