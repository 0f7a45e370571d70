import { arrivalSchedule } from '../plan/arrival-schedule.ts';
import { shapeSeconds } from '../plan/load-shape.ts';
import type { Outcome } from '../stats/decide-verdict.ts';
import { encodeTimeline, timelineRows } from '../stats/timeline.ts';
import { gatherMeasurements } from './gather-measurements.ts';
import { readRoster } from './roster.ts';
import { readControl, readPlan, renewLease } from './run-documents.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { writeJson } from './stored-json.ts';
import { type RunRecord, summariseRun } from './summarise-run.ts';

/** Merges everything measured, judges it, and writes summary and timeline. The first summary written stays. */
export const finishRun = async (
  ports: RunPorts,
  {
    runId,
    failure,
  }: { readonly runId: string; readonly failure?: { readonly error: string; readonly cause: string } },
): Promise<{ readonly outcome: Outcome }> => {
  const plan = await readPlan(ports.store, runId);
  const control = await readControl(ports.store, runId);
  if (control !== undefined) await renewLease(ports.store, control, ports.clock.nowMillis());
  const record: RunRecord = {
    runId,
    plan,
    control,
    workers: (await readRoster(ports.store, runId))?.value.workers ?? [],
    measurements: await gatherMeasurements(ports.store, runId),
    ...(failure === undefined ? {} : { failure }),
  };
  const summary = summariseRun(record);
  if (control?.startAtMillis !== undefined) {
    await ports.store.put(
      summary.timeline,
      encodeTimeline(timelineOf(record, control.startAtMillis, summary.durationSeconds)),
    );
  }
  const put = await writeJson(ports.store, runKeys(runId).summary, summary, { ifAbsent: true });
  if (put.kind === 'written') {
    const at = new Date(ports.clock.nowMillis()).toISOString();
    await ports.events.tell({ type: 'run.finished', runId, outcome: summary.outcome, at });
  }
  return { outcome: summary.outcome };
};

const timelineOf = (
  { runId, plan, control, measurements }: RunRecord,
  startAtMillis: number,
  loadSeconds: number,
) => {
  const epochs = control?.epochs ?? [];
  const schedule = plan.load.model === 'open' ? arrivalSchedule(plan, epochs) : undefined;
  return timelineRows(measurements.tally, {
    runId,
    startAtMillis,
    loadSeconds: Math.min(loadSeconds, shapeSeconds(plan.load.stages)),
    warmupSeconds: plan.warmupSeconds,
    scheduledIn: (second) =>
      schedule === undefined ? null : schedule.countBefore(second + 1) - schedule.countBefore(second),
    changesAt(second) {
      const epoch = epochs.findLast((candidate) => candidate.fromInstant <= second) ?? epochs[0];
      return { shardCount: epoch?.shardCount ?? 0, rateScale: epoch?.rateScale ?? 1 };
    },
  });
};
