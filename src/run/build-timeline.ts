import { arrivalSchedule } from '../plan/arrival-schedule.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { mergeSeconds } from '../stats/merge-tally.ts';
import type { SecondTally } from '../stats/tally.ts';
import { type TimelinePlan, type TimelineRow, timelineRows } from '../stats/timeline.ts';
import type { ControlDocument } from './documents.ts';
import type { Measurements } from './gather-measurements.ts';
import { readSeconds } from './read-seconds.ts';
import type { RollupSpans } from './rollup.ts';

/** Seconds whose rows are unpacked at once: with two histograms each, some 20 MB. */
const secondsAtOnce = 600;

/** What each second was meant to be. Undefined for a run that was never started. */
export const timelinePlan = (
  runId: string,
  plan: Plan,
  control: ControlDocument | undefined,
): TimelinePlan | undefined => {
  if (control?.startAtMillis === undefined) return undefined;
  const { epochs, startAtMillis } = control;
  const schedule = plan.load.model === 'open' ? arrivalSchedule(plan, epochs) : undefined;
  return {
    runId,
    startAtMillis,
    warmupSeconds: plan.warmupSeconds,
    scheduledIn: (second) =>
      schedule === undefined ? null : schedule.countBefore(second + 1) - schedule.countBefore(second),
    changesAt(second) {
      const epoch = epochs.findLast((candidate) => candidate.fromInstant <= second) ?? epochs[0];
      return { shardCount: epoch?.shardCount ?? 0, rateScale: epoch?.rateScale ?? 1 };
    },
  };
};

/** The rows of all seconds before `end`, a part at a time, so that memory doesn't grow with the run. */
export async function* buildTimeline(
  store: ObjectStore,
  plan: TimelinePlan,
  { spans, beyond }: Pick<Measurements, 'spans' | 'beyond'>,
  end: number,
): AsyncIterable<readonly TimelineRow[]> {
  for (let from = 0; from < end; from += secondsAtOnce) {
    const to = Math.min(end, from + secondsAtOnce);
    const rows = await secondsWith(store, plan.runId, spans, beyond, from, to);
    yield timelineRows(rows, plan, from, to);
  }
}

const secondsWith = async (
  store: ObjectStore,
  runId: string,
  spans: RollupSpans,
  beyond: ReadonlyMap<number, SecondTally>,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, SecondTally>> => {
  const { seconds } = await readSeconds(store, runId, spans, from, to);
  const rows = new Map(seconds);
  mergeSeconds(rows, new Map([...beyond].filter(([second]) => second >= from && second < to)));
  return rows;
};
