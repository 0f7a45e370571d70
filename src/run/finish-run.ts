import type { Outcome } from '../stats/decide-verdict.ts';
import { encodeTimeline } from '../stats/timeline.ts';
import { writeJson } from '../store/stored-json.ts';
import { buildTimeline, timelinePlan } from './build-timeline.ts';
import { costSoFar } from './cost-so-far.ts';
import { gatherMeasurements } from './gather-measurements.ts';
import { readSummary } from './read-summary.ts';
import { renewingLease } from './renewing-lease.ts';
import { readRoster } from './roster.ts';
import { readCapacity, readControl, readPlan } from './run-documents.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { type RunRecord, summariseRun } from './summarise-run.ts';
import type { RunSummary } from './summary.ts';
import { tellFinished } from './tell-finished.ts';

interface FinishRequest {
  readonly runId: string;
  readonly failure?: { readonly error: string; readonly cause: string };
}

/**
 * Merges everything measured, judges it, writes summary and timeline, and tells of it. The first summary written stays;
 * done again, what was missed is made up for.
 */
export const finishRun = async (
  ports: RunPorts,
  request: FinishRequest,
): Promise<{ readonly outcome: Outcome }> => {
  const control = await readControl(ports.store, request.runId);
  const finish = async (): Promise<RunSummary> =>
    (await readSummary(ports.store, request.runId)) ?? writeSummary(ports, request);
  const summary = await (control === undefined ? finish() : renewingLease(ports, control, finish));
  await tellFinished(ports, summary);
  return { outcome: summary.outcome };
};

const writeSummary = async (ports: RunPorts, { runId, failure }: FinishRequest): Promise<RunSummary> => {
  const { store } = ports;
  const plan = await readPlan(store, runId);
  const control = await readControl(store, runId);
  const workers = (await readRoster(store, runId))?.value.workers ?? [];
  const price = (await readCapacity(store, runId))?.price ?? null;
  const record: RunRecord = {
    runId,
    plan,
    control,
    workers,
    measurements: await gatherMeasurements(store, runId, workers),
    cost: price === null ? null : costSoFar(workers, price, ports.clock.nowMillis()),
    ...(failure === undefined ? {} : { failure }),
  };
  const summary = summariseRun(record);
  const asPlanned = timelinePlan(runId, plan, control);
  if (asPlanned !== undefined && summary.timeline !== null) {
    const end = Math.max(Math.ceil(summary.durationSeconds), record.measurements.load.until);
    await store.put(
      summary.timeline,
      await encodeTimeline(buildTimeline(store, asPlanned, record.measurements, end)),
    );
  }
  const put = await writeJson(store, runKeys(runId).summary, summary, { ifAbsent: true });
  return put.kind === 'written' ? summary : ((await readSummary(store, runId)) ?? summary);
};
