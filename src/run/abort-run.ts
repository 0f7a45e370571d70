import { appendEpoch } from '../plan/arrival-schedule.ts';
import { shapeSeconds } from '../plan/load-shape.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WallClock } from '../platform/ports/wall-clock.ts';
import {
  type AbortDecision,
  type AbortWindow,
  type Coverage,
  decideAbort,
  planAbortWindows,
  type RecentSeconds,
} from '../stats/decide-abort.ts';
import { mergeSeconds } from '../stats/merge-tally.ts';
import { decodeSeconds } from '../stats/tally-document.ts';
import { instantAhead } from './change-run.ts';
import { type ControlDocument, controlDocument, type RosterEntry } from './documents.ts';
import { readRollupDocument } from './rollup.ts';
import { runKeys, workerName } from './run-keys.ts';
import { updateJson } from './stored-json.ts';

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
  const windows = planAbortWindows(plan, await readCoverage(store, runId, workers, nextRollup));
  if (windows.length === 0) return control;
  const recent = await readRecentSeconds(store, runId, windows, nextRollup);
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
  const fromInstant = instantAhead(control, nowMillis);
  const epochs = appendEpoch(plan, control.epochs, { fromInstant, rateScale: 0 });
  const atSeconds = epochs.at(-1)?.fromInstant ?? fromInstant;
  if (atSeconds >= shapeSeconds(plan.load.stages)) return undefined;
  const requestedAt = new Date(nowMillis).toISOString();
  return { ...control, epochs, stop: { reason, requestedAt, abort: { condition, atSeconds } } };
};

/** By the two newest rollups. With no worker alive nothing is covered: what is missing then is not the target's fault. */
const readCoverage = async (
  store: ObjectStore,
  runId: string,
  workers: readonly RosterEntry[],
  nextRollup: number,
): Promise<Coverage> => {
  const alive = workers.filter((entry) => entry.state === 'ready').map(workerName);
  const coverageAt = async (number: number): Promise<number> => {
    const rollup = number < 0 ? undefined : await readRollupDocument(store, runId, number);
    if (rollup === undefined || alive.length === 0) return 0;
    return Math.min(...alive.map((name) => rollup.reportedUntil[name] ?? 0));
  };
  return { until: await coverageAt(nextRollup - 1), before: await coverageAt(nextRollup - 2) };
};

/** Reads rollups backwards until one holds nothing of the windows: a worker ships in order, so the ones before don't either. */
const readRecentSeconds = async (
  store: ObjectStore,
  runId: string,
  windows: readonly AbortWindow[],
  nextRollup: number,
): Promise<RecentSeconds> => {
  const from = Math.min(...windows.map((window) => window.from));
  const recent = { seconds: new Map(), warmup: new Map() };
  for (let number = nextRollup - 1; number >= 0; number--) {
    const rollup = await readRollupDocument(store, runId, number);
    if (rollup === undefined || Math.max(...Object.values(rollup.reportedUntil)) <= from) break;
    const { seconds, warmup } = rollup.tally;
    const isRecent = (row: { readonly second: number }): boolean => row.second >= from;
    mergeSeconds(recent.seconds, decodeSeconds(seconds.filter(isRecent), new Map()));
    mergeSeconds(recent.warmup, decodeSeconds(warmup.filter(isRecent), new Map()));
  }
  return recent;
};
