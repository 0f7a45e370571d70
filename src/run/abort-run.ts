import { shapeSeconds } from '../plan/load-shape.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WallClock } from '../platform/ports/wall-clock.ts';
import { type AbortDecision, decideAbort, planAbortWindows } from '../stats/decide-abort.ts';
import { updateJson } from '../store/stored-json.ts';
import { type ControlDocument, controlDocument, type RosterEntry } from './documents.ts';
import { planStop } from './plan-stop.ts';
import { readSeconds } from './read-seconds.ts';
import { type RollupDocument, readRollup } from './rollup.ts';
import { runKeys, workerName } from './run-keys.ts';

/** What a look has to go by. `nextRollup` is the number that the next rollup will have. */
export interface AbortSight {
  readonly plan: Plan;
  readonly control: ControlDocument;
  readonly workers: readonly RosterEntry[];
  readonly nextRollup: number;
}

/**
 * Ends the run early when a condition of the plan's `abortOn` holds, by the same means as a stop: from an instant a
 * moment ahead, the rate is 0 for every worker alike. Returns the control as it is then. The first stop or abort
 * that is written stays. One that would come after the last arrival has nothing to end, and isn't written.
 */
export const abortRun = async (
  { store, clock }: { readonly store: ObjectStore; readonly clock: WallClock },
  { plan, control, workers, nextRollup }: AbortSight,
): Promise<ControlDocument> => {
  if (plan.abortOn.length === 0 || control.stop !== undefined || control.startAtMillis === undefined)
    return control;
  const { runId } = control;
  const newest = await readRollup(store, runId, nextRollup - 1);
  if (newest === undefined) return control;
  const before = await readRollup(store, runId, nextRollup - 2);
  const windows = planAbortWindows(plan, {
    until: coverageOf(newest, workers),
    before: coverageOf(before, workers),
  });
  if (windows.length === 0) return control;
  const from = Math.min(...windows.map((window) => window.from));
  const recent = await readSeconds(store, runId, newest.spans, from, Number.POSITIVE_INFINITY);
  const decision = decideAbort(plan, control.epochs, windows, recent);
  if (decision === undefined) return control;
  const written = await updateJson(store, runKeys(runId).control, controlDocument, (current) =>
    current === undefined || current.stop !== undefined
      ? undefined
      : planAbort(plan, current, decision, clock.nowMillis()),
  );
  return written ?? control;
};

/** The control with the abort; undefined when it comes too late to end anything. */
const planAbort = (
  plan: Plan,
  control: ControlDocument,
  { condition, reason }: AbortDecision,
  nowMillis: number,
): ControlDocument | undefined => {
  const stopped = planStop(plan, control, reason, nowMillis);
  const atSeconds = stopped.epochs.at(-1)?.fromInstant ?? 0;
  if (atSeconds >= shapeSeconds(plan.load.stages)) return undefined;
  return { ...stopped, stop: { ...stopped.stop, abort: { condition, atSeconds } } };
};

/** With no worker alive nothing is covered: what is missing then is not the target's fault. */
const coverageOf = (rollup: RollupDocument | undefined, workers: readonly RosterEntry[]): number => {
  const alive = workers.filter((entry) => entry.state === 'ready').map(workerName);
  if (rollup === undefined || alive.length === 0) return 0;
  return Math.min(...alive.map((name) => rollup.reportedUntil[name] ?? 0));
};
